import type { EventRecord } from './event-record.ts';

/** A record that has a value of a tag. */
export type ValueRecord = Exclude<EventRecord, { readonly kind: 'version' | 'start' }>;

/**
 * What counts of the records of a folder: a session that starts at a step makes void what was written before at this step and
 * after it.
 *
 * TensorBoard does the same, except that it takes the first start of a folder for the beginning of the run.
 *
 * @param records those of all files of a folder, in the order of the files' names
 * @example
 * const scalar = (step: number, value: number) => ({ step, wallTime: 0, kind: 'scalar', tag: 'loss', value }) as const;
 * const start = { step: 2, wallTime: 0, kind: 'start' } as const;
 * liveValues([scalar(1, 0.9), scalar(2, 0.8), start, scalar(2, 0.7)]).map(({ step }) => step); // [1, 2]
 */
export function liveValues(records: readonly EventRecord[]): ValueRecord[] {
  const live: ValueRecord[] = [];
  let voidFrom = Number.POSITIVE_INFINITY;
  for (let at = records.length - 1; at >= 0; at--) {
    const record = records[at] as EventRecord;
    if (record.kind === 'start') voidFrom = Math.min(voidFrom, record.step);
    else if (record.kind !== 'version' && record.step < voidFrom) live.push(record);
  }
  return live.reverse();
}
