import type { Run } from '../runs/run.ts';

/** What sinks write beside the metrics of a record to say when it was. */
const PLACES: ReadonlySet<string> = new Set([
  'seconds',
  'time',
  'timestamp',
  'wall_time',
  'step',
  'iteration',
  'epoch',
]);

/** The metrics of a run that say how it went, not how long. */
export function shownTags(run: Run): string[] {
  return run.tags.filter((tag) => !PLACES.has(tag));
}
