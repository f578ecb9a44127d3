import type { Experiment } from '../experiments/experiment.ts';
import type { RunOptions } from '../experiments/options.ts';
import { curveOf, readRecords } from '../experiments/records.ts';
import type { Stopwatch } from '../experiments/stopwatch.ts';
import type { AirbenchNet } from '../models/airbench-net.ts';
import { oneView, type Reduce, sixViews, type testImages } from './evaluate.ts';

/** What the experiments differ in. */
export interface Recipe {
  readonly reduce: Reduce;
  /** Trains a network, which is disposed when it has been looked at. */
  readonly train: (seed: number) => Promise<{ net: AirbenchNet; watch: Stopwatch }>;
}

/** Trains a network for each seed, unless that has been done, and records what it makes of the test images. */
export async function runSeeds(
  experiment: Experiment,
  { seeds, epochs }: RunOptions & { readonly epochs: number },
  { evaluate }: ReturnType<typeof testImages>,
  { reduce, train }: Recipe,
): Promise<void> {
  for (const seed of seeds) {
    if (experiment.has('six views', seed)) continue;
    const { net, watch } = await train(seed);
    for (const [stage, predict] of [
      ['one view', oneView(net, reduce)],
      ['six views', sixViews(net, reduce)],
    ] as const) {
      const value = await evaluate(predict);
      experiment.record({ stage, seed, value, epochs, seconds: watch.seconds });
    }
    net.dispose();
  }
}

/** Prints the table of all runs and draws their curves. */
export function reportRuns(experiment: Experiment, { run, seeds }: RunOptions): Promise<void> {
  const panel = (title: string, key: string, scale: number) => ({
    title,
    xLabel: 'epoch',
    series: seeds.map((seed) =>
      curveOf(`seed ${seed}`, readRecords(`${run}/seed-${seed}/metrics.jsonl`), key, scale),
    ),
  });
  return experiment.report([
    panel('Training loss', 'loss', 1),
    panel('Test accuracy, one view, %', 'accuracy', 100),
  ]);
}
