import { checker } from '@loopwright/core';
import type { Observer } from 'rxjs';
import type { MetricRecord } from './metric-record.ts';

/** What can be subscribed to a metric stream: an rxjs observer of records, of which only `next` is needed. */
export type MetricSink = Pick<Observer<MetricRecord>, 'next'> & Partial<Observer<MetricRecord>>;

const check = checker('metrics', 'guard');

/**
 * A sink whose errors go to `onError` instead of ending the process.
 *
 * @param onError called synchronously, inside the loop's `next()`; the sink stays subscribed and sees the next record
 * @throws LoopwrightError if `onError` is not a function; what `onError` throws is passed on
 * @example
 * const broken = { next: () => { throw new Error('disk full'); } };
 * metrics.subscribe(guard(broken, (error) => console.warn(String(error))));
 * metrics.next({ step }); // warns, and goes on
 */
export function guard(sink: MetricSink, onError: (error: unknown) => void): Observer<MetricRecord> {
  check.func('onError', onError);
  const attempt = (action: () => void) => {
    try {
      action();
    } catch (error) {
      onError(error);
    }
  };
  return {
    next: (record) => attempt(() => sink.next(record)),
    error: (error) => (sink.error === undefined ? onError(error) : attempt(() => sink.error?.(error))),
    complete: () => attempt(() => sink.complete?.()),
  };
}
