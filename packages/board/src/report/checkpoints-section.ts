import type { CheckpointInfo } from '../runs/checkpoint-info.ts';
import { fileSize, shortNumber } from '../view/format.ts';
import type { Markup } from './html.ts';
import { htmlTable } from './html-table.ts';
import { firstOf, type ReportSource } from './source.ts';

const MOST_CHECKPOINTS = 150;
const MOST_METRICS = 12;

/** All checkpoints, with the metrics that they were saved with. */
export function checkpointsSection(source: ReportSource): Markup | undefined {
  const all = source.runs.flatMap((run) =>
    run.checkpoints.map((checkpoint) => ({ run: run.name, checkpoint })),
  );
  if (all.length === 0) return undefined;
  const shown = firstOf(source, all, MOST_CHECKPOINTS, 'checkpoints');
  const names = [...new Set(shown.flatMap(({ checkpoint }) => Object.keys(checkpoint.metrics)))];
  const metrics = firstOf(source, names, MOST_METRICS, 'metrics of checkpoints');
  const isAlone = source.runs.length === 1;
  const columns = [
    { title: 'checkpoint' },
    ...(isAlone ? [] : [{ title: 'run' }]),
    ...metrics.map((title) => ({ title, isNumber: true })),
    { title: 'size', isNumber: true },
    { title: 'saved' },
  ];
  const rows = shown.map(({ run, checkpoint }) => [
    checkpoint.name,
    ...(isAlone ? [] : [run]),
    ...metrics.map((metric) => metricText(checkpoint, metric)),
    fileSize(checkpoint.bytes),
    momentText(checkpoint.created),
  ]);
  return htmlTable(columns, rows);
}

function metricText({ metrics }: CheckpointInfo, name: string): string {
  const value = metrics[name];
  return value === undefined ? '' : shortNumber(value);
}

/** A moment in UTC, to the second: `2026-11-23 00:22:07`. What is none stays as it is. */
export function momentText(text: string): string {
  return text.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(\.\d+)?Z$/, '$1 $2');
}
