import { checker } from '@loopwright/core';
import { type MetricRecord, readRecord } from '@loopwright/metrics';
import { jsonRecord } from './json-record.ts';

/** What a pino logger calls how much a line matters. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[];

/** The part of a pino logger that is used: a method for each level that records are given, `info` at least. */
export interface RecordLogger extends Partial<Record<LogLevel, (record: object) => void>> {
  info(record: object): void;
  isLevelEnabled?(level: string): boolean;
}

/** Options of {@link pinoSink}. */
export interface PinoSinkOptions {
  /**
   * The level of every record, or of each by what it holds (its tensors are not read yet). Default `info`. For summaries at `info`
   * and steps at `debug`: `(record) => ('epoch' in record ? 'info' : 'debug')`.
   */
  readonly level?: LogLevel | ((record: MetricRecord) => LogLevel);
}

/** A sink that owns nothing: an rxjs observer for `metrics.subscribe(sink)`. */
export interface LoggerSink {
  next(record: MetricRecord): void;
}

/**
 * Logs each record as one structured line, without a message. The names of the record are fields of the line; for fields
 * of your own, or another place, give a child logger.
 *
 * Numbers that JSON cannot hold are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`. Tensors are read, not kept, and only
 * if the logger's level lets the line through. The logger stays the caller's, to flush and to close.
 *
 * @throws LoopwrightError if the logger has no `info`, or a record is given a level that is none
 * @example
 * import { pino } from 'pino';
 *
 * const logger = pino().child({ run: 'baseline' });
 * metrics.pipe(every(50)).subscribe(pinoSink(logger, { level: (record) => ('epoch' in record ? 'info' : 'debug') }));
 */
export function pinoSink(logger: RecordLogger, options?: PinoSinkOptions): LoggerSink {
  const check = checker('logging', 'pinoSink');
  const { level = 'info' } = check.options(options, ['level']);
  check.func('logger.info', (logger as RecordLogger | undefined)?.info);
  const checked = (name: unknown) => check.oneOf('level', name, LEVELS);
  if (typeof level !== 'function') check.func(`logger.${checked(level)}`, logger[level]);
  return {
    next: (record) => {
      const name = checked(typeof level === 'function' ? level(record) : level);
      if (logger.isLevelEnabled?.(name) ?? true) logger[name]?.(jsonRecord(readRecord(record)));
    },
  };
}
