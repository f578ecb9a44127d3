import { join } from 'node:path';
import { plotCurves } from '@loopwright/plot';
import { summarize } from '@loopwright/study';
import { curveOf, readRecords } from '../experiments/records.ts';
import type { Result } from '../experiments/results.ts';
import type { QuickstartOptions } from './options.ts';

/** The stages' results over the seeds: accuracy in percent, mean ± sample standard deviation, and the gain. */
export function resultTable(results: readonly Result[]): string {
  const rows = [['stage', 'test accuracy', 'gain', 'seconds']];
  let previous: number | undefined;
  for (const stage of stagesOf(results)) {
    const accuracy = summarize(valuesOf(results, stage, 'value'));
    const seconds = summarize(valuesOf(results, stage, 'seconds'));
    const gain = previous === undefined ? '' : signed(100 * (accuracy.mean - previous));
    rows.push([stage, percent(accuracy.mean, accuracy.std), gain, seconds.mean.toFixed(1)]);
    previous = accuracy.mean;
  }
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('   '),
  );
  lines.splice(1, 0, '─'.repeat(lines[0]!.length));
  return lines.join('\n');
}

/** Draws the first seed's curves and the stages' accuracies to `curves.svg` in the run folder. */
export async function drawCurves(
  { run, seeds }: QuickstartOptions,
  results: readonly Result[],
): Promise<string> {
  const path = join(run, 'curves.svg');
  const stages = stagesOf(results);
  const curves = stages
    .map((stage) => ({
      name: stage,
      records: readRecords(join(run, `seed-${seeds[0]}`, stage, 'metrics.jsonl')),
    }))
    .filter(({ records }) => records.length > 0);
  const series = (key: string, scale: number) =>
    curves.map(({ name, records }) => curveOf(name, records, key, scale));
  const accuracies = stages.map((stage) => summarize(valuesOf(results, stage, 'value')));
  await plotCurves(path, {
    title: 'The last drops of accuracy',
    panels: [
      {
        title: `Training loss, seed ${seeds[0]}`,
        xLabel: 'epoch',
        yLabel: 'loss',
        series: series('loss', 1),
      },
      {
        title: `Validation accuracy, seed ${seeds[0]}`,
        xLabel: 'epoch',
        yLabel: '%',
        series: series('accuracy', 100),
      },
      {
        kind: 'bars',
        title: `Test accuracy, ${seeds.length} seed${seeds.length === 1 ? '' : 's'}`,
        yLabel: '%',
        yMin: Math.floor(100 * Math.min(...accuracies.map(({ mean }) => mean)) - 1),
        labels: stages,
        means: accuracies.map(({ mean }) => 100 * mean),
        stds: accuracies.map(({ std }) => 100 * std),
      },
    ],
  });
  return path;
}

function stagesOf(results: readonly Result[]): string[] {
  return [...new Set(results.map(({ stage }) => stage))];
}

function valuesOf(results: readonly Result[], stage: string, key: 'value' | 'seconds'): number[] {
  return results.filter((result) => result.stage === stage).map((result) => result[key]);
}

function percent(mean: number, std: number): string {
  const spread = Number.isNaN(std) ? '' : ` ± ${(100 * std).toFixed(2)}`;
  return `${(100 * mean).toFixed(2)}${spread} %`;
}

function signed(points: number): string {
  return `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(2)}`;
}
