import { matMul, randomNormal, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Call, ComputeDtype, ConvolutionCall } from '../algorithms/calls.ts';
import { chooseDtype } from '../algorithms/compute-dtype.ts';
import { activeNativeBackend } from '../native/native-backend.ts';
import { autocast } from './autocast.ts';
import { bfloat16Pays } from './bfloat16-pays.ts';
import { precision } from './precision.ts';

const convolution: ConvolutionCall = {
  operation: 'Conv2D',
  input: [8, 16, 16, 64],
  filter: [3, 3, 64, 64],
  output: [8, 16, 16, 64],
  strides: [1, 1],
  dilations: [1, 1],
  padding: { top: 1, bottom: 1, left: 1, right: 1 },
  dtype: 'float32',
};
const small: Call = {
  operation: 'BatchMatMul',
  a: [8, 10],
  b: [10, 5],
  transposeA: false,
  transposeB: false,
  dtype: 'float32',
};
/** Milliseconds, as the rule counts them. */
const castMilliseconds = (elements: number) => elements * 0.2e-6;

const taking = (times: Partial<Record<ComputeDtype, number>>) => (call: Call) => times[call.dtype];

describe('bfloat16Pays', () => {
  it('compares what was measured, with casts of the weights or of the activations', () => {
    const weights = castMilliseconds(3 * 3 * 64 * 64);
    const activations = castMilliseconds(2 * 8 * 16 * 16 * 64);
    const pays = (call: Call, bfloat16: number) => bfloat16Pays(call, taking({ float32: 1, bfloat16 }));
    expect(pays(convolution, 1 + activations - 1.01 * weights)).toBe(true);
    expect(pays(convolution, 1 + activations - 0.99 * weights)).toBe(false);
    // The forward pass has cast the weights.
    const gradient = { ...convolution, operation: 'Conv2DBackpropInput' } as const;
    expect(pays(gradient, 1 + 0.99 * activations)).toBe(true);
    expect(pays(gradient, 1 + 1.01 * activations)).toBe(false);
    const product = { ...small, a: [1000, 10] };
    expect(pays(product, 1 + castMilliseconds(10_000 - 51))).toBe(true);
    expect(pays(product, 1 + castMilliseconds(10_000 - 49))).toBe(false);
  });

  it('takes what was not measured by its size', () => {
    for (const times of [{}, { float32: 1 }, { bfloat16: 1 }]) {
      expect(bfloat16Pays(convolution, taking(times))).toBe(true);
      expect(bfloat16Pays(small, taking(times))).toBe(false);
    }
  });
});

describe('the choice', () => {
  it('is made under autocast only, and for all calls alike where that is forced', () => {
    expect(chooseDtype(small)).toBe('float32');
    const [ordinary, forced] = (['where it pays', 'all'] as const).map((extent) =>
      precision.reduce(
        extent,
        () => chooseDtype(small),
        () => [],
      ),
    );
    expect([ordinary, forced]).toEqual(['float32', 'bfloat16']);
    expect(chooseDtype(small)).toBe('float32');
  });

  it('holds for a small product, which stays as it is', () => {
    const ids = () => activeNativeBackend()?.binding.getNumOfTensors();
    const before = ids();
    tidy(() => {
      const [a, b] = [randomNormal([8, 10]), randomNormal([10, 5])] as [Tensor2D, Tensor2D];
      const multiply = () => matMul(a, b).dataSync();
      expect([...autocast(multiply, { dtype: 'bfloat16' })()]).toEqual([...multiply()]);
    });
    expect(ids()).toBe(before);
  });
});
