import { checker } from '@loopwright/core';
import { type MetricRecord, readRecord } from '@loopwright/metrics';
import { jsonRecord } from './json-record.ts';

/** The part of a pino logger that is used. */
export interface InfoLogger {
  info(record: object): void;
  isLevelEnabled?(level: string): boolean;
}

/** A sink that owns nothing: an rxjs observer for `metrics.subscribe(sink)`. */
export interface LoggerSink {
  next(record: MetricRecord): void;
}

/**
 * Logs each record as one structured line at level `info`, without a message. The names of the record are fields of the
 * line; for fields of your own, or another level or place, give a child logger.
 *
 * Numbers that JSON cannot hold are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`. Tensors are read, not kept, and only
 * if the logger's level lets the line through. The logger stays the caller's, to flush and to close.
 *
 * @throws LoopwrightError if the logger has no `info`
 * @example
 * import { pino } from 'pino';
 *
 * const logger = pino().child({ run: 'baseline' });
 * metrics.pipe(every(50)).subscribe(pinoSink(logger));
 */
export function pinoSink(logger: InfoLogger): LoggerSink {
  const check = checker('logging', 'pinoSink');
  check.func('logger.info', (logger as InfoLogger | undefined)?.info);
  return {
    next: (record) => {
      if (logger.isLevelEnabled?.('info') ?? true) logger.info(jsonRecord(readRecord(record)));
    },
  };
}
