import { countTensorsInEveryTest } from '@loopwright/test-utils';
import {
  abs,
  type backend_util,
  cast,
  conv2d,
  engine,
  fused,
  grads,
  matMul,
  max,
  ones,
  pad as padTensor,
  type Rank,
  randomNormal,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { accelerate } from '../accelerate/accelerate.ts';
import type { Restore } from '../accelerate/replacement.ts';
import { configureTuning, describeAlgorithms } from './algorithms.ts';
import type { Call } from './calls.ts';
import { replaceDtypeChooser } from './compute-dtype.ts';
import { fastestConvolutions } from './convolution-kernels.ts';
import { fastestMatrixProducts } from './matrix-product-kernel.ts';

countTensorsInEveryTest();

/** Without what is on by default, so that there is something to compare with. */
let restoreAll: Restore;
beforeAll(() => {
  restoreAll = accelerate({ enabled: false });
});
afterAll(() => restoreAll());

let restores: Restore[];
beforeEach(() => {
  restores = [fastestConvolutions(), fastestMatrixProducts()];
});
afterEach(() => {
  for (const restore of restores.reverse()) restore();
  configureTuning('first-sight');
});

/** What calls computed since, by operation. */
function taken(): Record<string, string> {
  return Object.fromEntries(describeAlgorithms().map(({ call, taken }) => [call.split(' ')[0], taken]));
}

it('takes the chosen algorithm for a convolution and both its gradients', () => {
  const geometry = '3×2×2×4 filter 3×3×4×5 strides 1×1 padding 1,1,1,1 float32';
  const names = ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'];
  const choices = Object.fromEntries(
    names.map((name) => [`${name} ${geometry}`, { algorithm: 'dense', milliseconds: null }]),
  );
  expectSame(
    () => {
      configureTuning({ from: { version: 1, choices } });
      const results = gradientsOf([3, 2, 2, 4], [3, 3, 4, 5], 1, 'same');
      expect(taken()).toEqual(Object.fromEntries(names.map((name) => [name, 'dense'])));
      return results;
    },
    () => gradientsOf([3, 2, 2, 4], [3, 3, 4, 5], 1, 'same'),
  );
});

it('has the shape of each result, and zeros, where a batch is empty', () => {
  configureTuning('off');
  tidy(() => {
    const x = zeros<Rank.R4>([0, 5, 5, 3]);
    const filter = ones<Rank.R4>([3, 3, 3, 4]);
    expect(conv2d(x, filter, 2, 'same').shape).toEqual([0, 3, 3, 4]);
    const [slopeOfX, slopeOfFilter] = grads((x: Tensor, filter: Tensor) =>
      sum(conv2d(x as Tensor4D, filter as Tensor4D, 2, 'same')),
    )([x, filter]) as [Tensor, Tensor];
    expect(slopeOfX.shape).toEqual(x.shape);
    expect(slopeOfFilter.shape).toEqual(filter.shape);
    expect(max(abs(slopeOfFilter)).dataSync()[0]).toBe(0);
  });
});

it('has gradients for padding in numbers, which TensorFlow.js lacks here', () => {
  const pads: (number | backend_util.ExplicitPadding)[] = [
    1,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  ];
  for (const pad of pads) {
    expectSame(
      () => gradientsOf([2, 5, 4, 3], [3, 3, 3, 4], 2, pad),
      () => tidy(() => paddedGradients([2, 5, 4, 3], [3, 3, 3, 4], 2)),
    );
  }
  withoutKernels(() => expect(() => gradientsOf([2, 5, 4, 3], [3, 3, 3, 4], 2, 1)).toThrow('padding'));
});

it('takes a filter’s own width where the padding is one number', () => {
  const output = tidy(
    () => conv2d(randomNormal([1, 6, 6, 2]) as Tensor4D, randomNormal([1, 5, 2, 3]) as Tensor4D, 1, 1).shape,
  );
  expect(output).toEqual([1, 8, 4, 3]);
});

it('computes fused convolutions with bias and activation', () => {
  const compute = () =>
    tidy(() => {
      const x = pattern([2, 4, 4, 3]) as Tensor4D;
      const filter = pattern([3, 3, 3, 5]) as Tensor4D;
      return [fused.conv2d({ x, filter, strides: 1, pad: 'same', bias: pattern([5]), activation: 'relu' })];
    });
  expectSame(compute, compute);
});

it('leaves other dtypes to TensorFlow.js', () => {
  const product = tidy(() => {
    const integers = cast(
      tensor([
        [1, 2],
        [3, 4],
      ]),
      'int32',
    );
    return [...matMul(integers, integers).dataSync()];
  });
  expect(product).toEqual([7, 10, 15, 22]);
  expect(taken()).not.toHaveProperty('BatchMatMul');
});

it('asks which dtype a call is to compute in', () => {
  const asked: Call[] = [];
  const restore = replaceDtypeChooser((call) => {
    asked.push(call);
    return call.dtype;
  });
  expectShape([2, 4], () => matMul(pattern([2, 3]), pattern([4, 3]), false, true));
  restore();
  expectShape([2, 4], () => matMul(pattern([2, 3]), pattern([3, 4])));
  expect(asked).toEqual([
    { operation: 'BatchMatMul', a: [2, 3], b: [4, 3], transposeA: false, transposeB: true, dtype: 'float32' },
  ]);
});

it('puts back what it replaced', () => {
  for (const restore of restores.reverse()) restore();
  restores = [];
  configureTuning('first-sight');
  expectShape([2, 4], () => matMul(pattern([2, 3]), pattern([3, 4])));
  expect(describeAlgorithms()).toEqual([]);
  expect(engine().backendName).toBe('tensorflow');
});

function expectShape(shape: number[], compute: () => Tensor): void {
  expect(tidy(() => compute().shape)).toEqual(shape);
}

function gradientsOf(
  input: number[],
  filter: number[],
  strides: number,
  pad: 'same' | 'valid' | number | backend_util.ExplicitPadding,
): Tensor[] {
  return tidy(() => {
    const convolve = (x: Tensor, w: Tensor) => conv2d(x as Tensor4D, w as Tensor4D, strides, pad);
    const [x, w] = [pattern(input), pattern(filter)];
    const y = convolve(x, w);
    return [y, ...grads(convolve)([x, w], pattern(y.shape))];
  });
}

/** The same with one row of zeros on each side, by padding apart. */
function paddedGradients(input: number[], filter: number[], strides: number): Tensor[] {
  const convolve = (x: Tensor, w: Tensor) =>
    conv2d(
      padTensor(x, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]) as Tensor4D,
      w as Tensor4D,
      strides,
      'valid',
    );
  const [x, w] = [pattern(input), pattern(filter)];
  const y = convolve(x, w);
  return [y, ...grads(convolve)([x, w], pattern(y.shape))];
}

function pattern(shape: number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(37 * i + size)),
    shape,
  );
}

/** Compares with TensorFlow.js' own kernels, to 1e-4 of the largest: the same sums in another order. */
function expectSame(ours: () => Tensor[], theirs: () => Tensor[]): void {
  tidy(() => {
    const actual = ours();
    const expected = withoutKernels(theirs);
    expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
    actual.forEach((value, index) => {
      const reference = expected[index] as Tensor;
      const error =
        (max(abs(sub(value, reference))).dataSync()[0] ?? 1) / (max(abs(reference)).dataSync()[0] ?? 1);
      expect(error).toBeLessThan(1e-4);
    });
  });
}

function withoutKernels<T>(fn: () => T): T {
  for (const restore of restores.reverse()) restore();
  try {
    return fn();
  } finally {
    restores = [fastestConvolutions(), fastestMatrixProducts()];
  }
}
