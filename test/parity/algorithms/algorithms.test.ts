import { readFileSync } from 'node:fs';
import { countTensorsInEveryTest } from '@loopwright/test-utils';
import { conv2d, engine, grads, pad, type Tensor, type Tensor4D, tensor, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ConvolutionCall,
  type ConvolutionOperation,
  configureTuning,
  describeCall,
  fastestConvolutions,
} from '../../../packages/tensorflow/src/algorithms/index.ts';
import { candidatesFor } from '../../../packages/tensorflow/src/algorithms/table.ts';

type Shape = [number, number, number, number];
interface Case {
  name: string;
  input: Shape;
  filter: Shape;
  output: Shape;
  strides: [number, number];
  padding: [number, number, number, number];
  values: Record<ConvolutionOperation, number[]>;
}
const { cases } = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};

/** PyTorch computed in double precision; ours are float32 sums of up to 441 products of about 0.1. */
const TOLERANCE = 1e-5;

countTensorsInEveryTest();

/** The portable backend has no choice of algorithms, and computes the same. */
describe.skipIf(engine().backendName !== 'tensorflow')('each algorithm', () => {
  let restore: () => void;
  beforeEach(() => {
    restore = fastestConvolutions();
  });
  afterEach(() => {
    restore();
    configureTuning('first-sight');
  });

  it.each(cases.flatMap((one) => callsOf(one).map((call) => [one.name, call.operation, one, call] as const)))(
    'gives PyTorch’s values: %s, %s',
    (_, operation, one, call) => {
      for (const { name } of candidatesFor(call)) {
        configureTuning({
          from: { version: 1, choices: { [describeCall(call)]: { algorithm: name, milliseconds: null } } },
        });
        expectValues(name, compute(one)[operation], one.values[operation]);
      }
    },
  );
});

it.each(cases.map((one) => [one.name, one] as const))(
  'TensorFlow.js gives PyTorch’s values: %s',
  (_, one) => {
    // TensorFlow.js has no gradients for padding in numbers on its native backend, so the zeros are part of the image.
    const values = computePadded(one);
    for (const [operation, expected] of Object.entries(one.values)) {
      expectValues(operation, values[operation as ConvolutionOperation], expected);
    }
  },
);

function callsOf({ input, filter, output, strides, padding }: Case): ConvolutionCall[] {
  const [top, bottom, left, right] = padding;
  return (['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'] as const).map((operation) => ({
    operation,
    input,
    filter,
    output,
    strides,
    dilations: [1, 1],
    padding: { top, bottom, left, right },
    dtype: 'float32',
  }));
}

function compute(one: Case): Record<ConvolutionOperation, number[]> {
  return differentiate(one, (x, w) => conv2d(x as Tensor4D, w as Tensor4D, one.strides, explicit(one)));
}

function computePadded(one: Case): Record<ConvolutionOperation, number[]> {
  return differentiate(one, (x, w) =>
    conv2d(pad(x, explicit(one)) as Tensor4D, w as Tensor4D, one.strides, 'valid'),
  );
}

function explicit({ padding: [top, bottom, left, right] }: Case) {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ] as [number, number][] as never;
}

function differentiate(
  { input, filter, output }: Case,
  convolve: (x: Tensor, w: Tensor) => Tensor,
): Record<ConvolutionOperation, number[]> {
  return tidy(() => {
    const [x, w, dy] = [pattern(input, 1), pattern(filter, 2), pattern(output, 3)];
    const y = convolve(x, w);
    const [dx, dw] = grads(convolve)([x, w], dy) as [Tensor, Tensor];
    const [Conv2D, Conv2DBackpropInput, Conv2DBackpropFilter] = [y, dx, dw].map((value) => [
      ...value.dataSync(),
    ]);
    return { Conv2D, Conv2DBackpropInput, Conv2DBackpropFilter } as Record<ConvolutionOperation, number[]>;
  });
}

/** What the script that made the golden file computes. */
function pattern(shape: Shape, salt: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float32Array.from({ length: size }, (_, i) => ((i * 37 + salt * 11) % 101) / 101 - 0.5),
    shape,
  );
}

function expectValues(what: string, actual: number[], expected: number[]): void {
  expect(actual.length, what).toBe(expected.length);
  const errors = actual.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)));
  expect(Math.max(...errors), what).toBeLessThan(TOLERANCE);
}
