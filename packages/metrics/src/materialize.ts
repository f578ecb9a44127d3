import { map, type OperatorFunction } from 'rxjs';
import { type MetricRecord, type PlainRecord, readRecord } from './metric-record.ts';

/**
 * Reads the tensors of each record ({@link readRecord}). What comes after it may keep records or work asynchronously.
 *
 * @example
 * const records: unknown[] = [];
 * metrics.pipe(materialize()).subscribe((record) => records.push(record)); // may keep them
 * metrics.next({ step: 1, loss: tf.scalar(0.5) });
 * records; // [{ step: 1, loss: 0.5 }]
 */
export function materialize(): OperatorFunction<MetricRecord, PlainRecord> {
  return map(readRecord);
}
