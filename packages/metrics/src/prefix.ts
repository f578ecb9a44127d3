import { checker } from '@loopwright/core';
import { map, type OperatorFunction } from 'rxjs';
import { isPosition, type MetricRecord } from './metric-record.ts';

const check = checker('metrics', 'prefix');

/**
 * Puts a prefix before every name but those of the position (`epoch`, `step`, `iteration`). Tensors pass through.
 *
 * @example
 * validation.pipe(prefix('val.')).subscribe(metrics); // { epoch, loss } becomes { epoch, 'val.loss': … }
 */
export function prefix(text: string): OperatorFunction<MetricRecord, MetricRecord> {
  check.string('prefix', text);
  const rename = (name: string) => (isPosition(name) ? name : text + name);
  return map((record) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [rename(name), value])),
  );
}
