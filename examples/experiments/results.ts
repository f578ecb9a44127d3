import { existsSync, readFileSync } from 'node:fs';
import { replaceFileSync } from '@loopwright/core/files';

/** One figure of one run. */
export interface Result {
  readonly experiment: string;
  readonly stage: string;
  readonly seed: number;
  /** What was measured; a fraction, not percent. */
  readonly metric: string;
  readonly value: number;
  /** Epochs that the stage trained for; 0 if it only evaluates. */
  readonly epochs: number;
  /** Wall time of the stage, its evaluations included. */
  readonly seconds: number;
  readonly cpu: string;
  /** Of this repository; a plus sign says that files were changed. */
  readonly commit: string;
  /** The day, as 2026-01-31. */
  readonly date: string;
  /** The script's options that were not at their defaults, `epochs` and `variants` aside. */
  readonly options?: Readonly<Record<string, string | number | boolean>>;
}

export function readResults(path: string): Result[] {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Result[]) : [];
}

/** Adds rows to a file, each in the place of an earlier one of the same run; one row a line. */
export function addResults(path: string, rows: readonly Result[]): void {
  const all = new Map([...readResults(path), ...rows].map((row) => [keyOf(row), row]));
  const lines = [...all.values()].map((row) => JSON.stringify(row));
  replaceFileSync(path, `[\n${lines.join(',\n')}\n]\n`);
}

function keyOf({ experiment, stage, seed, metric, epochs, cpu, options = {} }: Result): string {
  return JSON.stringify([experiment, stage, seed, metric, epochs, cpu, Object.entries(options).sort()]);
}
