import { map, type OperatorFunction } from 'rxjs';
import { type MetricRecord, type PlainRecord, readRecord } from './metric-record.ts';

/**
 * Reads the tensors of each record ({@link readRecord}). What comes after it may keep records or work asynchronously.
 *
 * @example
 * metrics.pipe(every(10), materialize(), bufferTime(1000)).subscribe(upload);
 */
export function materialize(): OperatorFunction<MetricRecord, PlainRecord> {
  return map(readRecord);
}
