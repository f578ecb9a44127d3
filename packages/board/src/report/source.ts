import type { Run } from '../runs/run.ts';
import type { Study } from '../runs/studies.ts';
import type { Subject } from './subjects.ts';

/** What a report is made from. */
export interface ReportSource {
  readonly runs: readonly Run[];
  readonly subjects: readonly Subject[];
  readonly studies: readonly Study[];
  /** Takes what a report does not show though it is there, in words. */
  leaveOut(what: string): void;
}

/** The first of a list, with a word on the others. */
export function firstOf<T>(
  { leaveOut }: ReportSource,
  all: readonly T[],
  most: number,
  what: string,
): readonly T[] {
  if (all.length > most)
    leaveOut(`${(all.length - most).toLocaleString('en')} of ${all.length.toLocaleString('en')} ${what}`);
  return all.slice(0, most);
}
