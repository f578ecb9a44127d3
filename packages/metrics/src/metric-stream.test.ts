import { expectNoLeak } from '@loopwright/test-utils';
import { scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { config, delay, lastValueFrom, toArray } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  every,
  guard,
  type MetricRecord,
  MetricStream,
  type MetricValue,
  materialize,
  prefix,
  readRecord,
  smooth,
} from './index.ts';

/** What comes out of an operator for these records. */
function through<T>(
  records: MetricRecord[],
  pipe: (stream: MetricStream) => ReturnType<MetricStream['pipe']>,
): T[] {
  const stream = new MetricStream();
  const seen: T[] = [];
  pipe(stream).subscribe((record) => seen.push(record as T));
  for (const record of records) stream.next(record);
  stream.complete();
  return seen;
}

describe('MetricStream', () => {
  it('passes each record itself to every subscriber, synchronously', () => {
    const stream = new MetricStream();
    const seen: MetricRecord[] = [];
    stream.subscribe((record) => seen.push(record));
    stream.subscribe((record) => seen.push(record));
    const record = Object.freeze({ step: 1, loss: Number.NaN, note: 'x', best: false });
    stream.next(record);
    expect(seen).toEqual([record, record]);
    expect(seen[0]).toBe(record);
  });

  it('refuses what is no record in the loop, before anybody has received it', () => {
    const stream = new MetricStream();
    const seen = vi.fn();
    stream.subscribe(seen);
    for (const value of [undefined, null, {}, [1], () => 1]) {
      expect(() => stream.next({ a: 1, 'train.loss': value as never })).toThrow(
        '[loopwright/metrics] MetricRecord: "train.loss" must be a number, a string, a boolean or a scalar tensor, got',
      );
    }
    expect(() => stream.next(1 as never)).toThrow('a record must be an object of named values, got 1');
    expect(seen).not.toHaveBeenCalled();
  });

  it('lends tensors until next() returns; a late reader gets a clear error', () =>
    expectNoLeak(async () => {
      const stream = new MetricStream();
      const kept: MetricRecord[] = [];
      stream.subscribe((record) => kept.push(record));
      tidy(() => stream.next({ loss: scalar(1) }));
      expect(() => readRecord(kept[0] as MetricRecord)).toThrow(
        'the tensor "loss" has been disposed; records lend their tensors only until next() returns',
      );
    }));

  it('feeds operators that delay after materialize()', () =>
    expectNoLeak(async () => {
      const stream = new MetricStream();
      const later = lastValueFrom(stream.pipe(materialize(), delay(5), toArray()));
      tidy(() => stream.next({ step: 1, loss: scalar(0.5) }));
      stream.complete();
      expect(await later).toEqual([{ step: 1, loss: 0.5 }]);
    }));
});

describe('a sink that throws', () => {
  afterEach(() => {
    config.onUnhandledError = null;
  });

  it('keeps no record from the others, and is reported as an unhandled error, not swallowed', async () => {
    const unhandled: unknown[] = [];
    config.onUnhandledError = (error) => unhandled.push(error);
    const stream = new MetricStream();
    const seen: MetricRecord[] = [];
    stream.subscribe(() => {
      throw new Error('disk full');
    });
    stream.subscribe((record) => seen.push(record));
    stream.next({ step: 1 });
    stream.next({ step: 2 });
    expect(seen).toEqual([{ step: 1 }, { step: 2 }]);
    await vi.waitFor(() => expect(unhandled).toEqual([new Error('disk full'), new Error('disk full')]));
  });

  it('does as the loop says when guarded, in the loop, and stays subscribed', () => {
    const stream = new MetricStream();
    const errors: unknown[] = [];
    const sink = {
      seen: 0,
      next() {
        this.seen += 1;
        throw new Error(`no ${this.seen}`);
      },
      complete() {
        throw new Error('no end');
      },
    };
    stream.subscribe(guard(sink, (error) => errors.push(error)));
    stream.next({ step: 1 });
    stream.next({ step: 2 });
    stream.complete();
    expect(errors).toEqual([new Error('no 1'), new Error('no 2'), new Error('no end')]);
    expect(() => guard(sink, 'log' as never)).toThrow(
      '[loopwright/metrics] guard: onError must be a function',
    );
  });

  it('passes an error of the stream to the guarded sink, or to the handler if it has none', () => {
    const errors: unknown[] = [];
    const sinkErrors: unknown[] = [];
    const stream = new MetricStream();
    stream.subscribe(guard({ next() {} }, (error) => errors.push(error)));
    stream.subscribe(
      guard({ next() {}, error: (error) => sinkErrors.push(error) }, (error) => errors.push(error)),
    );
    stream.error('broken');
    expect([errors, sinkErrors]).toEqual([['broken'], ['broken']]);
  });
});

describe('prefix', () => {
  it('renames all but the position, and lends tensors on', () =>
    expectNoLeak(() => {
      const loss = scalar(1);
      const [record] = through<Record<string, MetricValue>>(
        [{ epoch: 1, step: 2, iteration: 3, loss, note: 'x' }],
        (stream) => stream.pipe(prefix('val.')),
      );
      expect(record).toEqual({ epoch: 1, step: 2, iteration: 3, 'val.loss': loss, 'val.note': 'x' });
      expect(record?.['val.loss']).toBe(loss);
      loss.dispose();
    }));

  it('refuses an empty prefix', () => {
    expect(() => prefix('')).toThrow(
      '[loopwright/metrics] prefix: prefix must be a non-empty string, got ""',
    );
  });
});

describe('every', () => {
  const records = Array.from({ length: 7 }, (_, index) => ({ step: index + 1 }));

  it('passes each nth record, and each subscription counts for itself', () => {
    const stream = new MetricStream();
    const thinned = stream.pipe(every(3));
    const seen: [string, unknown][] = [];
    thinned.subscribe(({ step }) => seen.push(['early', step]));
    stream.next({ step: 1 });
    thinned.subscribe(({ step }) => seen.push(['late', step]));
    for (const step of [2, 3, 4, 5, 6]) stream.next({ step });
    expect(seen).toEqual([
      ['early', 3],
      ['late', 4],
      ['early', 6],
    ]);
    expect(through(records, (source) => source.pipe(every(1)))).toEqual(records);
  });

  it('lets exceptions pass uncounted, such as summaries of epochs', () => {
    const mixed: MetricRecord[] = [{ step: 1 }, { epoch: 0 }, { step: 2 }, { epoch: 1 }, { step: 3 }];
    const seen = through(mixed, (stream) => stream.pipe(every(2, { except: (record) => 'epoch' in record })));
    expect(seen).toEqual([{ epoch: 0 }, { step: 2 }, { epoch: 1 }]);
  });

  it('reads no tensor of the records that it holds back', () =>
    expectNoLeak(() => {
      const losses = Array.from({ length: 4 }, (_, index) => scalar(index));
      const reads = losses.map((loss) => vi.spyOn(loss as Tensor, 'dataSync'));
      const seen = through(
        losses.map((loss) => ({ loss })),
        (stream) => stream.pipe(every(2), materialize()),
      );
      expect(seen).toEqual([{ loss: 1 }, { loss: 3 }]);
      expect(reads.map((read) => read.mock.calls.length)).toEqual([0, 1, 0, 1]);
      for (const loss of losses) loss.dispose();
    }));

  it('refuses bad options by name', () => {
    expect(() => every(0)).toThrow('[loopwright/metrics] every: n must be a positive integer, got 0');
    expect(() => every(2, { unless: 1 } as never)).toThrow('every: unknown option "unless"');
  });
});

describe('smooth', () => {
  it('is the debiased exponential moving average of each name', () =>
    expectNoLeak(() => {
      const beta = 0.9;
      const values = [4, 2, 7, 7];
      const tensors = values.map((value) => scalar(value));
      const seen = through<{ loss: number; rate: number }>(
        tensors.map((loss, step) => ({ step, loss, rate: 0.1 })),
        (stream) => stream.pipe(smooth({ beta })),
      );
      seen.forEach((record, last) => {
        // The closed form: weights beta^age, normalized.
        const weights = values.slice(0, last + 1).map((_, index) => beta ** (last - index));
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const expected =
          weights.reduce((sum, weight, index) => sum + weight * (values[index] as number), 0) / total;
        expect(record).toEqual({
          step: last,
          loss: expect.closeTo(expected, 12),
          rate: expect.closeTo(0.1, 12),
        });
      });
      for (const tensor of tensors) tensor.dispose();
    }));

  it('passes NaN without letting it into the average, and changes no text', () => {
    const records: MetricRecord[] = [
      { loss: 1, note: 'a', best: true },
      { loss: Number.NaN },
      { loss: 1 },
      { other: 3 },
    ];
    expect(through(records, (stream) => stream.pipe(smooth({ beta: 0.5 })))).toEqual(records);
  });

  it('starts anew with each subscription', () => {
    const stream = new MetricStream();
    const smoothed = stream.pipe(smooth({ beta: 0.5 }));
    smoothed.subscribe();
    stream.next({ loss: 100 });
    const seen: MetricRecord[] = [];
    smoothed.subscribe((record) => seen.push(record));
    stream.next({ loss: 1 });
    expect(seen).toEqual([{ loss: 1 }]);
  });

  it('refuses bad options by name', () => {
    expect(() => smooth({ beta: 1 })).toThrow(
      '[loopwright/metrics] smooth: beta must be a finite number at least 0 and less than 1, got 1',
    );
  });
});
