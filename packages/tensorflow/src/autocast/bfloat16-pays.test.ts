import { matMul, randomNormal, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Call, ComputeDtype, ConvolutionCall } from '../algorithms/calls.ts';
import { chooseDtype } from '../algorithms/compute-dtype.ts';
import { activeNativeBackend } from '../native/native-backend.ts';
import { autocast } from './autocast.ts';
import { bfloat16Pays } from './bfloat16-pays.ts';
import { castMilliseconds } from './cast-cost.ts';
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
const taking = (times: Partial<Record<ComputeDtype, number>>) => (call: Call) => times[call.dtype];

describe('bfloat16Pays', () => {
  it('compares what was measured, casts of the weights included', () => {
    const cast = castMilliseconds(3 * 3 * 64 * 64);
    expect(bfloat16Pays(convolution, taking({ float32: 1, bfloat16: 0.99 - cast }))).toBe(true);
    expect(bfloat16Pays(convolution, taking({ float32: 1, bfloat16: 1.01 - cast }))).toBe(false);
    // The cast has been paid for by the forward pass.
    const gradient = { ...convolution, operation: 'Conv2DBackpropInput' } as const;
    expect(bfloat16Pays(gradient, taking({ float32: 1, bfloat16: 0.99 }))).toBe(true);
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

describe('castMilliseconds', () => {
  it('is measured once', () => {
    const first = castMilliseconds(1000);
    expect(castMilliseconds(2000)).toBeCloseTo(2 * first, 12);
    expect(first).toBeGreaterThan(0);
  });
});
