import { MetricStream } from '@loopwright/metrics';
import { expectNoLeak } from '@loopwright/test-utils';
import { scalar, type Tensor } from '@tensorflow/tfjs-core';
import { type LoggerOptions, pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { pinoSink } from './index.ts';

/** A logger whose lines can be looked at. */
function recordingLogger(options: LoggerOptions = {}) {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { lines, logger: pino({ base: null, timestamp: false, ...options }, { write }) };
}

describe('pinoSink', () => {
  it('logs one line a record at level info, without a message', () => {
    const { lines, logger } = recordingLogger();
    const metrics = new MetricStream();
    metrics.subscribe(pinoSink(logger));
    metrics.next({ step: 1, 'train.loss': 0.5, phase: 'train', best: true });
    metrics.next({ 'train.loss': Number.NaN });
    expect(lines).toEqual([
      { level: 30, step: 1, 'train.loss': 0.5, phase: 'train', best: true },
      { level: 30, 'train.loss': 'NaN' },
    ]);
  });

  it('leaves fields and nesting to child loggers and options', () => {
    const { lines, logger } = recordingLogger({ nestedKey: 'metrics', messageKey: 'text' });
    pinoSink(logger.child({ run: 'baseline' })).next({ step: 1 });
    expect(lines).toEqual([{ level: 30, run: 'baseline', metrics: { step: 1 } }]);
  });

  it('gives records the level that they are said to have', () => {
    const { lines, logger } = recordingLogger({ level: 'debug' });
    const sink = pinoSink(logger, { level: (record) => ('epoch' in record ? 'info' : 'debug') });
    sink.next({ step: 1 });
    sink.next({ epoch: 0 });
    pinoSink(logger, { level: 'warn' }).next({ spike: true });
    expect(lines).toEqual([
      { level: 20, step: 1 },
      { level: 30, epoch: 0 },
      { level: 40, spike: true },
    ]);
  });

  it('leaves out what is below the level of the logger, and refuses levels that are none', () => {
    const { lines, logger } = recordingLogger();
    pinoSink(logger, { level: 'debug' }).next({ step: 1 });
    expect(lines).toEqual([]);
    const bad = (level: unknown) => () => pinoSink(logger, { level } as never).next({ step: 1 });
    const message =
      '[loopwright/logging] pinoSink: level must be one of "trace", "debug", "info", "warn", "error", got';
    expect(bad('loud')).toThrow(`${message} "loud"`);
    expect(bad(() => undefined)).toThrow(`${message} undefined`);
    expect(() => pinoSink({ info: () => {} }, { level: 'debug' })).toThrow(
      /logger\.debug must be a function/,
    );
  });

  it('waits for no device if the logger is set to be quiet', () =>
    expectNoLeak(() => {
      const { lines, logger } = recordingLogger({ level: 'warn' });
      const loss = scalar(1);
      const read = vi.spyOn(loss as Tensor, 'dataSync');
      pinoSink(logger).next({ loss });
      expect(read).not.toHaveBeenCalled();
      expect(lines).toEqual([]);
      loss.dispose();
    }));

  it('takes anything with info()', () => {
    const info = vi.fn();
    pinoSink({ info }).next({ step: 1 });
    expect(info).toHaveBeenCalledWith({ step: 1 });
    expect(() => pinoSink({} as never)).toThrow(
      '[loopwright/logging] pinoSink: logger.info must be a function, got undefined',
    );
  });
});
