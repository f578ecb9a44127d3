import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { replaceFileSync } from '@loopwright/core/files';
import type { Machine } from './machine.ts';
import type { Timings } from './measure.ts';

/** Timings by the description of a call. */
export type KeptTimings = Readonly<Record<string, Timings>>;

/** The timings that a file keeps; none if there is no such file or it is not one of ours. */
export function readTimings(path: string): KeptTimings {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isTimingsFile(content) ? content.timings : {};
  } catch {
    return {};
  }
}

/**
 * Adds timings to a file. A reader sees the old content or the new. Of two processes that add at once one may lose what it
 * added, unless it adds it again with what it measures next; where both have measured a call, the first one's stays.
 *
 * @throws Error if the file cannot be written
 */
export function addTimings(path: string, machine: Machine, added: KeptTimings): void {
  const timings = { ...added, ...readTimings(path) };
  mkdirSync(dirname(path), { recursive: true });
  replaceFileSync(path, `${JSON.stringify({ machine, timings }, null, 1)}\n`);
}

function isTimingsFile(content: unknown): content is { timings: KeptTimings } {
  const timings = (content as { timings?: unknown } | null)?.timings;
  return isRecord(timings) && Object.values(timings).every(isTimings);
}

function isTimings(value: unknown): value is Timings {
  return isRecord(value) && Object.values(value).every((milliseconds) => typeof milliseconds === 'number');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
