import { checker } from '@loopwright/core';
import { map, type OperatorFunction } from 'rxjs';
import { isPosition, type MetricRecord } from './metric-record.ts';

const check = checker('metrics', 'prefix');

/**
 * Puts a prefix before every name but those of the position (`epoch`, `step`, `iteration`). Tensors pass through.
 *
 * @throws LoopwrightError if the prefix is empty
 * @example
 * const seen: unknown[] = [];
 * metrics.pipe(prefix('val.')).subscribe((record) => seen.push(record));
 * metrics.next({ epoch: 0, loss: 0.5 });
 * seen; // [{ epoch: 0, "val.loss": 0.5 }]
 */
export function prefix(text: string): OperatorFunction<MetricRecord, MetricRecord> {
  check.string('prefix', text);
  const rename = (name: string) => (isPosition(name) ? name : text + name);
  return map((record) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value])),
  );
}
