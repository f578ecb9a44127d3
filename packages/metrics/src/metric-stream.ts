import { Subject } from 'rxjs';
import { checkRecord, type MetricRecord } from './metric-record.ts';

/**
 * The records of a run, as an rxjs Subject: the loop calls `next`, and sinks, early stopping and progress bars subscribe.
 *
 * Delivery is synchronous. Tensors in a record are borrowed and valid until `next` returns, so they are read while the
 * record passes through; before an operator that delays (`bufferTime`, `observeOn` …) put {@link materialize}.
 *
 * As in every Subject, a subscriber that throws does not keep a record from the others, and its error is raised
 * outside the loop, as an uncaught exception, on the next turn of the event loop. Wrap a sink in {@link guard} to
 * decide otherwise.
 *
 * @example
 * const metrics = new MetricStream();
 * metrics.pipe(every(50)).subscribe(jsonLines('steps.jsonl'));
 * metrics.next({ step, 'train.loss': loss });
 * metrics.complete();
 */
export class MetricStream extends Subject<MetricRecord> {
  /**
   * Passes a record to all subscribers.
   *
   * @throws LoopwrightError naming the key of a value that is no number, string, boolean or scalar tensor; nobody has
   *   received the record then
   */
  override next(record: MetricRecord): void {
    checkRecord(record);
    super.next(record);
  }
}
