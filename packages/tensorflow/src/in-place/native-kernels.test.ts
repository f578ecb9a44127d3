import { type InPlaceKernels, inPlaceKernels } from '@loopwright/core/tensors';
import { countTensorsInEveryTest } from '@loopwright/test-utils';
import {
  cast,
  dispose,
  fill,
  ones,
  randomNormal,
  type Tensor,
  tensor1d,
  tidy,
  type Variable,
  variable,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { gelu } from '../accelerate/smooth-activations.ts';
import { activeExtension } from '../native/native-backend.ts';
import { provideNativeKernels } from './native-kernels.ts';

const kernels = inPlaceKernels() as InPlaceKernels;
const random = (size: number, seed: number): Variable =>
  tidy(() => variable(randomNormal([size], 0, 1, 'float32', seed)));
const values = (tensor: Tensor) => tensor.dataSync();
const { fround } = Math;

countTensorsInEveryTest();
afterEach(() => provideNativeKernels({}));

/** Below and above what one vector, one stretch and one thread take, and none of them a multiple. */
const sizes = [0, 1, 17, 1000, 65_537, 200_003];

it('gives every element the same value, wherever it lies and however many tensors there are', () => {
  const averages = sizes.map((size) => random(size, 1));
  const tensors = sizes.map((size) => random(size, 2));
  const expected = averages.map((average, index) => {
    const given = values(tensors[index] as Variable);
    return values(average).map((a, i) => fround(a + fround(fround((given[i] as number) - a) * fround(0.3))));
  });
  const updates = averages.map((average, i) => ({ average, value: tensors[i] as Variable, weight: 0.3 }));
  expect(kernels.update('interpolate', updates)).toBe(true);
  expect(averages.map(values)).toEqual(expected);
  dispose([averages, tensors]);
});

it('has a step of zeros and of huge values computed as float32 does', () => {
  const value = tidy(() => variable(tensor1d([0, -0, 1e38, Number.NaN, Number.POSITIVE_INFINITY])));
  expect(kernels.update('scale', [{ value, factor: 100 }])).toBe(true);
  expect([...values(value)]).toEqual([0, -0, Infinity, Number.NaN, Infinity]);
  value.dispose();
});

it('refuses as a whole what it cannot do, and changes nothing', () => {
  const good = random(3, 1);
  const before = values(good);
  const integers = tidy(() => variable(ones([3], 'int32')));
  const short = random(2, 1);
  const byTwo = (value: Variable) => ({ value, factor: 2 });
  expect(kernels.update('scale', [byTwo(good), byTwo(integers)])).toBe(false);
  const terms = [good, integers, short].map((term) => ({ sum: good, term, weight: 1 }));
  expect(kernels.update('accumulate', terms.slice(1, 2))).toBe(false);
  expect(kernels.update('accumulate', terms.slice(2))).toBe(false);
  expect(values(good)).toEqual(before);
  expect(kernels.clipToNorm([good, integers], 1)).toBeUndefined();
  expect(kernels.clipToRange([good, integers], 1)).toBeUndefined();
  dispose([good, integers, short]);
});

it('names what is wrong with a call', () => {
  const extension = activeExtension();
  expect(() => extension?.updateInPlace('none', [], new Float64Array(), [])).toThrow(
    'there is no kernel none for updates in place',
  );
  expect(() => extension?.updateInPlace('scale', [1], new Float64Array(2), [])).toThrow(
    'the rows of kernel scale do not have its width',
  );
});

it('clips by the norm of all tensors together, as exact as doubles are', () => {
  const tensors = sizes.map((size) => random(size, 3));
  const squares = tensors.flatMap((tensor) => Array.from(values(tensor), (value) => value ** 2));
  const norm = Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  const clipped = kernels.clipToNorm(tensors, 2);
  expect(values(clipped?.norm as Tensor)[0]).toBe(fround(norm));
  const factor = fround(2 / fround(fround(norm) + fround(1e-6)));
  expect(clipped?.clipped.map(values)).toEqual(
    tensors.map((tensor) => values(tensor).map((value) => fround(value * factor))),
  );
  dispose([tensors, clipped?.clipped ?? [], clipped?.norm as Tensor]);
});

it('shares memory where nothing is clipped, and passes NaN and infinity on', () => {
  const tensors = [random(5, 3), tidy(() => variable(zeros([0])))];
  const same = kernels.clipToNorm(tensors, 1e6);
  expect(kernels.update('scale', [{ value: tensors[0] as Variable, factor: 0 }])).toBe(true);
  expect([...values(same?.clipped[0] as Tensor)]).not.toContain(0);
  const wild = tensor1d([1, Number.NaN, Number.POSITIVE_INFINITY, -3]);
  const nan = kernels.clipToNorm([wild], 1);
  expect([...values(nan?.clipped[0] as Tensor)]).toEqual(Array(4).fill(Number.NaN));
  const ranged = kernels.clipToRange([wild], 2);
  expect([...values(ranged?.[0] as Tensor)]).toEqual([1, Number.NaN, 2, -2]);
  dispose([tensors, wild, same?.clipped ?? [], nan?.clipped ?? [], ranged ?? []]);
  dispose([same?.norm as Tensor, nan?.norm as Tensor]);
  expect(kernels.clipToRange([], 1)).toEqual([]);
});

it('finds the first tensor that is not finite, wherever in it that lies', () => {
  const tensors: Tensor[] = sizes.map((size) => random(size, 5));
  expect(kernels.firstNotFinite(tensors)).toBe(-1);
  expect(kernels.firstNotFinite([])).toBe(-1);
  for (const [index, size] of sizes.entries()) {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const at of [0, size >> 1, size - 1].filter((place) => place >= 0 && place < size)) {
        const spoilt = values(tensors[index] as Tensor).slice();
        spoilt[at] = bad;
        const tensor = tensor1d(spoilt);
        expect(kernels.firstNotFinite(tensors.with(index, tensor))).toBe(index);
        expect(kernels.firstNotFinite([...tensors, tensor, tensor])).toBe(tensors.length);
        tensor.dispose();
      }
    }
  }
  const [extreme, integers] = [tensor1d([3.4e38, -3.4e38, 1e-45, 0]), tensor1d([1, 2], 'int32')];
  expect(kernels.firstNotFinite([extreme])).toBe(-1);
  expect(kernels.firstNotFinite([extreme, integers])).toBeUndefined();
  dispose([tensors, extreme, integers]);
});

it('computes on tensors that come from a cast of integers', () => {
  const held = tidy(() => variable(cast(ones([4], 'int32'), 'float32')));
  expect(kernels.update('scale', [{ value: held, factor: 3 }])).toBe(true);
  expect([...values(held)]).toEqual([3, 3, 3, 3]);
  held.dispose();
});

it('treats denormal numbers alike on all threads, whichever computed first', () => {
  const size = 1 << 19;
  const distinct = (tensor: Tensor) => new Set(values(tensor)).size;
  const tiny = tensor1d(new Float32Array(size).fill(2e-39));
  const held = tidy(() => variable(fill([size], 2 ** -126)));
  for (let round = 1; round <= 12; round++) {
    const halves = gelu(tiny);
    expect(distinct(halves)).toBe(1);
    halves.dispose();
    // JavaScript's own arithmetic has denormal numbers, and so have updates, which are called from its thread.
    kernels.update('scale', [{ value: held, factor: 0.5 }]);
    expect([distinct(held), values(held)[0]]).toEqual([1, 2 ** (-126 - round)]);
  }
  dispose([tiny, held]);
});

it('can be switched off by the environment', () => {
  provideNativeKernels({ LOOPWRIGHT_IN_PLACE: '0' });
  expect(inPlaceKernels()).toBeUndefined();
});
