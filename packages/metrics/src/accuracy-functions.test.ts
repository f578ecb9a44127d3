import { expectNoLeak } from '@loopwright/test-utils';
import { tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { smoothedAccuracy, topKAccuracy } from './index.ts';

describe('topKAccuracy and smoothedAccuracy', () => {
  it('return one scalar that the caller owns, and borrow the rest', () =>
    expectNoLeak(async () => {
      const logits = tensor2d([
        [1, 2, 3],
        [3, 2, 1],
      ]);
      const labels = tensor1d([1, 0], 'int32');
      const results = [
        await expectNoLeak(() => topKAccuracy(logits, labels), 1),
        await expectNoLeak(() => topKAccuracy(logits, labels, 2), 1),
        await expectNoLeak(() => smoothedAccuracy(logits, labels, { beta: 100 }), 1),
      ];
      expect(results.map((result) => [result.shape, result.dtype, result.dataSync()[0]])).toEqual([
        [[], 'float32', 0.5],
        [[], 'float32', 1],
        [[], 'float32', 0.5],
      ]);
      for (const tensor of [...results, logits, labels]) tensor.dispose();
    }));

  it('count a label that is no class index as a miss', () =>
    expectNoLeak(() => {
      const logits = zeros([2, 3]);
      const labels = tensor1d([-1, 3], 'int32');
      const results = [topKAccuracy(logits, labels, 3), smoothedAccuracy(logits, labels)];
      expect(results.map((result) => result.dataSync()[0])).toEqual([0, 0]);
      for (const tensor of [...results, logits, labels]) tensor.dispose();
    }));

  it('leave out samples with the label that is ignored, and are NaN if none counts', () =>
    expectNoLeak(() => {
      const logits = tensor2d([
        [1, 2],
        [2, 1],
        [Number.NaN, 1],
      ]);
      const labels = tensor1d([0, 0, 7], 'int32');
      const results = [
        topKAccuracy(logits, labels, 1, { ignoreIndex: 7 }),
        topKAccuracy(logits, labels, 1, { ignoreIndex: 0 }),
        smoothedAccuracy(logits, labels, { beta: 1000, ignoreIndex: 7 }),
      ];
      expect(results.map((result) => result.dataSync()[0])).toEqual([0.5, 0, 0.5]);
      const none = tensor1d([7, 7, 7], 'int32');
      const empty = [
        topKAccuracy(logits, none, 1, { ignoreIndex: 7 }),
        smoothedAccuracy(logits, none, { ignoreIndex: 7 }),
      ];
      expect(empty.map((result) => result.dataSync()[0])).toEqual([Number.NaN, Number.NaN]);
      for (const tensor of [...results, ...empty, logits, labels, none]) tensor.dispose();
    }));

  it('refuse bad input by name', () =>
    expectNoLeak(() => {
      const logits = zeros([2, 3]);
      const labels = tensor1d([0, 1], 'int32');
      expect(() => topKAccuracy(logits, labels, 4)).toThrow(
        '[loopwright/metrics] topKAccuracy: k must be an integer at least 1 and at most 3, got 4',
      );
      expect(() => topKAccuracy(labels, logits)).toThrow('topKAccuracy: logits must be a float32 tensor');
      expect(() => smoothedAccuracy(logits, logits)).toThrow(
        'smoothedAccuracy: labels must be a int32 tensor',
      );
      expect(() => smoothedAccuracy(logits, labels, { beta: -1 })).toThrow(
        '[loopwright/metrics] smoothedAccuracy: beta must be a finite number greater than 0, got -1',
      );
      expect(() => topKAccuracy(logits, labels, 1, { ignoreIndex: 1.5 })).toThrow(
        '[loopwright/metrics] topKAccuracy: ignoreIndex must be an integer, got 1.5',
      );
      expect(() => smoothedAccuracy(logits, labels, { ignoreIndex: 1.5 })).toThrow(
        'smoothedAccuracy: ignoreIndex must be an integer, got 1.5',
      );
      logits.dispose();
      labels.dispose();
    }));
});
