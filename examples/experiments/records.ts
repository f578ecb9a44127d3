import { existsSync, readFileSync } from 'node:fs';
import type { CurveSeries } from '@loopwright/plot';

/** One record an epoch of a file that `jsonLines` wrote; where a run was killed and went on, what counted comes last. */
export function readRecords(path: string): Record<string, number>[] {
  if (!existsSync(path)) return [];
  const records = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
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
