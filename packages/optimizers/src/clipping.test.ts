import { countTensorsInEveryTest, expectNoLeak } from '@loopwright/test-utils';
import { dispose, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { clipGradNorm } from './clip-grad-norm.ts';
import { clipGradValue } from './clip-grad-value.ts';

countTensorsInEveryTest();

describe('clipGradNorm', () => {
  it('scales all gradients by their joint norm and gives new tensors to the caller', async () => {
    const grads = { a: tensor1d([3]), b: tensor1d([0, 4]) };
    const clipped = await expectNoLeak(() => clipGradNorm({ ...grads, none: null }, 1), 3);
    expect(clipped.norm.dataSync()[0]).toBe(5);
    expect(Object.keys(clipped.grads)).toEqual(['a', 'b']);
    expect(clipped.grads.a?.dataSync()[0]).toBeCloseTo(0.6, 6);
    expect([...grads.a.dataSync()]).toEqual([3]);
    dispose([clipped, grads]);
  });

  it('leaves small gradients, zero ones and none at all as they are', () => {
    const grads = { a: tensor1d([0.1, 0]), b: tensor1d([0]) };
    const clipped = clipGradNorm(grads, 1);
    expect(clipped.grads.a?.dataSync()).toEqual(grads.a.dataSync());
    const zero = clipGradNorm({ b: grads.b }, 1);
    expect([...(zero.grads.b?.dataSync() ?? [])]).toEqual([0]);
    const empty = clipGradNorm({}, 1);
    expect(empty.norm.dataSync()[0]).toBe(0);
    dispose([clipped, zero, empty, grads]);
  });

  it('shows a gradient that is not finite in all of them', () => {
    const grads = { a: tensor1d([Number.NaN]), b: tensor1d([1]) };
    const clipped = clipGradNorm(grads, 1);
    expect(clipped.norm.dataSync()[0]).toBeNaN();
    expect(clipped.grads.b?.dataSync()[0]).toBeNaN();
    dispose([clipped, grads]);
  });

  it('names bad arguments', () => {
    expect(() => clipGradNorm({}, 0)).toThrow(
      '[loopwright/optimizers] clipGradNorm: maxNorm must be a finite number greater than 0, got 0',
    );
    expect(() => clipGradNorm({ a: 1 } as never, 1)).toThrow('gradient "a" must be a tensor, got 1');
  });
});

describe('clipGradValue', () => {
  it('clips every element into new tensors', async () => {
    const grads = { a: tensor1d([-3, 0.2, 3]), none: null };
    const clipped = await expectNoLeak(() => clipGradValue(grads, 0.5), 1);
    expect([...(clipped.a?.dataSync() ?? [])]).toEqual([-0.5, expect.closeTo(0.2), 0.5]);
    expect(() => clipGradValue(grads, -1)).toThrow(
      'clipValue must be a finite number greater than 0, got -1',
    );
    dispose([clipped, grads.a]);
  });
});
