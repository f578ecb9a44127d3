import { checker } from '@loopwright/core';
import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';
import type { MetricRecord } from './metric-record.ts';

/** Options of {@link every}. */
export interface EveryOptions {
  /** Records that pass in any case, and are not counted; none by default. */
  readonly except?: (record: MetricRecord) => boolean;
}

const check = checker('metrics', 'every');

/**
 * Every `n`th record: the nth, the 2nth and so on, counted from each subscription. Put it before whatever reads tensors,
 * so that the device is waited for that seldom.
 *
 * @throws LoopwrightError if `n` is no positive integer, or an option is unknown or unfit
 * @example
 * const lines: unknown[] = [];
 * // Every 50th step, and all summaries of epochs.
 * metrics.pipe(every(50, { except: (record) => 'epoch' in record })).subscribe((record) => lines.push(record));
 * for (let step = 1; step <= 100; step++) metrics.next({ step });
 * metrics.next({ epoch: 0 });
 * lines; // [{ step: 50 }, { step: 100 }, { epoch: 0 }]
 */
export function every<Record extends MetricRecord>(
  n: number,
  options?: EveryOptions,
): MonoTypeOperatorFunction<Record> {
  check.positiveInteger('n', n);
  const { except = () => false } = check.options(options, ['except']);
  check.func('except', except);
  return (source) =>
    defer(() => {
      let seen = 0;
      return source.pipe(
        filter((record) => {
          if (except(record)) return true;
          seen = (seen + 1) % n;
          return seen === 0;
        }),
      );
    });
}
