import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import { dispose, mean, mul, type Scalar, sum, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { empiricalFisher } from './empirical-fisher.ts';

/** A loss linear in the weights, so that its gradient is the batch itself. */
const linear = (w: Tensor) => (batch: readonly number[]) => sum(mul(w, tensor1d([...batch]))) as Scalar;

describe('empiricalFisher', () => {
  it('is the mean of squared gradients, zero where the loss does not reach', () =>
    expectNoLeak(async () => {
      const [w, unused] = [testVariable([5, 5]), testVariable([1])];
      const frozen = testVariable([1], false);
      const fisher = await empiricalFisher(
        { w, unused, frozen },
        [
          [1, 2],
          [3, -4],
        ],
        linear(w),
      );
      expect(Object.keys(fisher)).toEqual(['w', 'unused']);
      expect([...(fisher.w as Tensor).dataSync()]).toEqual([5, 10]);
      expect([...(fisher.unused as Tensor).dataSync()]).toEqual([0]);
      dispose([fisher, w, unused, frozen]);
    }));

  it('squares after averaging within a batch, so only batches of one are exact', () =>
    expectNoLeak(async () => {
      const w = testVariable([0]);
      const loss = (batch: readonly number[]) => mul(sum(w), mean(tensor1d([...batch]))) as Scalar;
      const single = await empiricalFisher({ w }, [[1], [-1]], loss);
      const paired = await empiricalFisher({ w }, [[1, -1]], loss);
      expect([single.w?.dataSync()[0], paired.w?.dataSync()[0]]).toEqual([1, 0]);
      dispose([single, paired, w]);
    }));

  it('reads asynchronous batches', () =>
    expectNoLeak(async () => {
      const w = testVariable([1]);
      async function* batches() {
        yield [2];
        yield [4];
      }
      const fisher = await empiricalFisher({ w }, batches(), linear(w));
      expect(fisher.w?.dataSync()[0]).toBe(10);
      dispose([fisher, w]);
    }));

  it('leaves nothing behind when it fails', () =>
    expectNoLeak(async () => {
      const w = testVariable([1]);
      await expect(empiricalFisher({ w }, [], linear(w))).rejects.toThrow(
        '[loopwright/losses] empiricalFisher: batches must yield at least one batch, got none',
      );
      const failing = (batch: readonly number[]) => {
        if (batch[0] === 2) throw new Error('no data');
        return linear(w)(batch);
      };
      await expect(empiricalFisher({ w }, [[1], [2]], failing)).rejects.toThrow('no data');
      await expect(empiricalFisher({ w }, [[1]], undefined as never)).rejects.toThrow(
        'loss must be a function',
      );
      w.dispose();
    }));
});
