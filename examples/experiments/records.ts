import { existsSync, readFileSync } from 'node:fs';
import type { CurveSeries } from '@loopwright/plot';

/**
 * One record an epoch of a file that `jsonLines` wrote; where a run was killed and went on, what counted comes last.
 * Records of single steps, which have no epoch, are left out.
 */
export function readRecords(path: string): Record<string, number>[] {
  if (!existsSync(path)) return [];
  const records = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>)
    .filter(({ epoch }) => epoch !== undefined);
  return [...new Map(records.map((record) => [record.epoch, record])).values()];
}

/** A value over the epochs, counted from 1. */
export function curveOf(
  name: string,
  records: readonly Readonly<Record<string, number>>[],
  key: string,
  scale = 1,
): CurveSeries {
  return {
    name,
    x: records.map((record) => record.epoch! + 1),
    y: records.map((record) => record[key]! * scale),
  };
}

/** The mean over several runs of a value over the epochs, with the range of the runs around it. */
export function meanCurve(
  name: string,
  runs: readonly (readonly Readonly<Record<string, number>>[])[],
  key: string,
  scale = 1,
): CurveSeries {
  const epochs = Math.min(...runs.map(({ length }) => length));
  const columns = Array.from({ length: epochs }, (_, epoch) => runs.map((run) => run[epoch]![key]! * scale));
  return {
    name,
    x: columns.map((_, epoch) => epoch + 1),
    y: columns.map((values) => values.reduce((sum, value) => sum + value) / values.length),
    band: {
      low: columns.map((values) => Math.min(...values)),
      high: columns.map((values) => Math.max(...values)),
    },
  };
}
