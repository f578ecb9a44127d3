/** A tensor of one value, as far as it is used: the value can be read while it lives. */
export interface ScalarLike {
  dataSync(): ArrayLike<number | string>;
}

/** What one step or epoch has to tell, by name, as a display takes it: any record of a metric stream is one. */
export type ShownRecord = Readonly<Record<string, number | string | boolean | ScalarLike>>;

/** Whether a record is the summary of an epoch: it names the epoch, and no step of it. */
export function isEpochSummary(record: ShownRecord): boolean {
  return 'epoch' in record && !('step' in record || 'iteration' in record);
}
