import { EffectRecorder, expectNoLeak, expectStateful } from '@loopwright/test-utils';
import { memory, scalar, tidy, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { MetricAggregator, type MetricRecord, MetricStream } from './index.ts';

describe('MetricAggregator', () => {
  it('weights by sample: the mean is no mean of batch means where the last batch is short', () =>
    expectNoLeak(async () => {
      const aggregator = new MetricAggregator();
      for (const [loss, size] of [
        [1, 64],
        [1, 64],
        [4, 8],
      ] as const) {
        tidy(() => void aggregator.update({ loss: scalar(loss), accuracy: loss / 4 }, size));
      }
      const mean = (64 + 64 + 4 * 8) / (64 + 64 + 8);
      expect(await aggregator.compute()).toEqual({ loss: mean, accuracy: mean / 4 });
    }));

  it('returns the very record that it was given and changes nothing in it, step included', () =>
    expectNoLeak(async () => {
      const aggregator = new MetricAggregator();
      const record = Object.freeze({
        step: 7,
        epoch: 1,
        iteration: 3,
        phase: 'train',
        warm: true,
        loss: 0.5,
      });
      expect(aggregator.update(record, 4)).toBe(record);
      expect(record).toEqual({ step: 7, epoch: 1, iteration: 3, phase: 'train', warm: true, loss: 0.5 });
      expect(await aggregator.compute()).toEqual({ loss: 0.5 });
    }));

  it('borrows tensors: neither keeps nor disposes them', () =>
    expectNoLeak(async () => {
      const aggregator = new MetricAggregator();
      const loss = scalar(2);
      aggregator.update({ loss }, 1);
      expect(loss.isDisposed).toBe(false);
      loss.dispose();
      expect(await aggregator.compute()).toEqual({ loss: 2 });
    }));

  it('keeps no value: its memory does not grow with the number of steps', () =>
    expectNoLeak(async () => {
      const aggregator = new MetricAggregator();
      tidy(() => void aggregator.update({ loss: scalar(0) }, 1));
      const { numTensors } = memory();
      for (let i = 0; i < 20; i++) tidy(() => void aggregator.update({ loss: scalar(i) }, 1));
      expect(memory().numTensors).toBe(numTensors);
      aggregator.dispose();
    }));

  it('averages each name over the records that have it', async () => {
    const aggregator = new MetricAggregator();
    aggregator.update({ a: 1 }, 1);
    aggregator.update({ a: 3, b: 5 }, 3);
    expect(await aggregator.compute()).toEqual({ a: 2.5, b: 5 });
  });

  it('ends a period with compute(), and a loop that makes one each epoch leaks nothing', () =>
    expectNoLeak(async () => {
      const metrics = new MetricStream();
      for (let epoch = 0; epoch < 3; epoch++) {
        const aggregator = new MetricAggregator();
        for (const value of [1, 2]) {
          tidy(() => metrics.next(aggregator.update({ 'train.loss': scalar(value + epoch) }, 8)));
        }
        const summary = await aggregator.compute();
        metrics.next({ epoch, ...summary });
        expect(summary).toEqual({ 'train.loss': 1.5 + epoch });
        expect(await aggregator.compute()).toEqual({});
      }
    }));

  it('counts what comes in during compute() towards the next period', () =>
    expectNoLeak(async () => {
      const aggregator = new MetricAggregator();
      tidy(() => void aggregator.update({ loss: scalar(1) }, 1));
      const first = aggregator.compute();
      tidy(() => void aggregator.update({ loss: scalar(9) }, 1));
      expect(await first).toEqual({ loss: 1 });
      expect(await aggregator.compute()).toEqual({ loss: 9 });
    }));

  it('shows NaN, and takes nothing in with a weight of 0', async () => {
    const aggregator = new MetricAggregator();
    aggregator.update({ a: 1, b: Number.NaN, c: 2 }, 1);
    aggregator.update({ c: Number.NaN }, 0);
    expect(await aggregator.compute()).toEqual({ a: 1, b: Number.NaN, c: 2 });
  });

  it('refuses bad values and weights by name, and takes nothing in', () =>
    expectNoLeak(async () => {
      const aggregator = new MetricAggregator();
      const vector = zeros([2]);
      const loss = scalar(1);
      loss.dispose();
      const bad: [unknown, string][] = [
        [
          { a: 1, b: undefined },
          '"b" must be a number, a string, a boolean or a scalar tensor, got undefined',
        ],
        [{ a: 1, b: vector }, '"b" must be a number, a string, a boolean or a scalar tensor, got tensor'],
        [{ a: 1, b: { c: 1 } }, '"b" must be a number, a string, a boolean or a scalar tensor, got { c }'],
        [{ a: 1, loss }, 'the tensor "loss" has been disposed'],
        [null, 'a record must be an object of named values, got null'],
      ];
      for (const [record, message] of bad) {
        expect(() => aggregator.update(record as MetricRecord, 1)).toThrow(
          `[loopwright/metrics] MetricRecord: ${message}`,
        );
      }
      for (const weight of [-1, Number.NaN, undefined]) {
        expect(() => aggregator.update({ a: 1 }, weight as number)).toThrow(
          '[loopwright/metrics] MetricAggregator: weight must be a finite number at least 0, got',
        );
      }
      expect(await aggregator.compute()).toEqual({});
      vector.dispose();
    }));

  it('takes nothing of a record in that has a tensor which is no number', () =>
    expectNoLeak(async () => {
      const aggregator = new MetricAggregator();
      const hit = scalar(true, 'bool');
      expect(() => aggregator.update({ loss: 1, hit }, 2)).toThrow(
        '[loopwright/metrics] MetricAggregator: "hit" must be a number, or a float32 or int32 scalar, got tensor "bool"',
      );
      expect(await aggregator.compute()).toEqual({});
      hit.dispose();
    }));

  it('resumes in the middle of an epoch', () =>
    expectNoLeak(() =>
      expectStateful({
        make: () => new MetricAggregator(),
        makeOther: () => {
          const other = new MetricAggregator();
          tidy(() => void other.update({ loss: scalar(100), other: scalar(1) }, 3));
          return other;
        },
        advance: (aggregator, index) =>
          tidy(() => void aggregator.update({ loss: scalar(Math.sin(index)), rate: 0.1 * index }, 5)),
        observe: (aggregator) => structuredClone(aggregator.stateDict()),
        dispose: (aggregator) => aggregator.dispose(),
      }),
    ));

  it('takes a record in at each replay of a recording, into the period of that moment', () =>
    expectNoLeak(async () => {
      const aggregator = new MetricAggregator();
      const recorder = new EffectRecorder();
      tidy(() => {
        recorder.record(() =>
          aggregator.update({ step: 1, loss: scalar(1), rate: 0.5, error: scalar(2) }, 2),
        );
        recorder.replay([scalar(4), scalar(6)]);
      });
      expect(await aggregator.compute()).toEqual({ loss: 2.5, rate: 0.5, error: 4 });
      tidy(() => recorder.replay([scalar(7), scalar(8)]));
      expect(await aggregator.compute()).toEqual({ loss: 7, rate: 0.5, error: 8 });
    }));
});
