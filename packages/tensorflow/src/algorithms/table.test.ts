import { RandomStream } from '@loopwright/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attribute } from '../native/attributes.ts';
import type { BindingCalls } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import { activeNativeBackend, unlayeredCalls } from '../native/native-backend.ts';
import { describeCall, operandShapes } from './call-shapes.ts';
import type { Call, ComputeDtype, ConvolutionCall, ImageShape, MatrixProductCall, Pair } from './calls.ts';
import type { Operands } from './candidate.ts';
import { computeWith, type NativeTensor } from './native-ops.ts';
import { CONVOLUTIONS, candidatesFor, MATRIX_PRODUCTS } from './table.ts';

/**
 * Of the largest element. float32: sums of up to some thousand terms in another order. bfloat16: results have 8 bits, and
 * some candidates add a few of them up.
 */
const TOLERANCE: Record<ComputeDtype, number> = { float32: 1e-4, bfloat16: 2e-2 };

const calls: readonly Call[] = [
  ...convolutions([2, 8, 8, 16], [3, 3], 12, [1, 1], 'same'),
  ...convolutions([3, 8, 6, 5], [3, 3], 7, [2, 2], 'same'),
  ...convolutions([2, 7, 9, 4], [3, 3], 6, [2, 2], 1),
  ...convolutions([2, 4, 4, 8], [3, 3], 8, [2, 2], 1),
  ...convolutions([4, 2, 2, 16], [3, 3], 24, [1, 1], 'same'),
  ...convolutions([4, 2, 2, 16], [3, 3], 24, [2, 2], 1),
  ...convolutions([1, 1, 1, 32], [3, 3], 16, [1, 1], 1),
  ...convolutions([2, 3, 2, 6], [5, 3], 4, [1, 1], 2),
  ...convolutions([1, 9, 5, 3], [7, 7], 8, [2, 2], 3),
  ...convolutions([2, 6, 5, 4], [2, 3], 5, [1, 2], 'valid'),
  ...convolutions([2, 5, 6, 8], [1, 1], 12, [1, 1], 'valid'),
  ...convolutions([2, 5, 8, 8], [1, 1], 12, [2, 3], 'valid'),
  ...convolutions([2, 5, 5, 8], [1, 1], 12, [1, 1], 1),
  product([33, 20], [20, 17], false, false),
  product([33, 20], [17, 20], false, true),
  product([20, 33], [20, 17], true, false),
  product([20, 33], [17, 20], true, true),
  product([4, 9, 8], [4, 8, 5], false, false),
  product([4, 3, 9, 8], [1, 1, 8, 5], false, false),
  product([4, 9, 8], [1, 5, 8], false, true),
];

let binding: BindingCalls;
let tensorsBefore = 0;
const countTensors = () => activeNativeBackend()?.binding.getNumOfTensors() ?? 0;
beforeEach(() => {
  binding = unlayeredCalls();
  tensorsBefore = countTensors();
});
afterEach(() => expect(countTensors() - tensorsBefore, 'native tensors left behind').toBe(0));

describe.each(['float32', 'bfloat16'] as const)('in %s', (dtype) => {
  it.each(calls.map((call) => [describeCall({ ...call, dtype }), { ...call, dtype }] as const))(
    'all candidates agree with TensorFlow on %s',
    (_, call) => {
      // Of operands that are rounded to the dtype, so that only what the candidates add counts.
      const expected = compute({ ...call, dtype: 'float32' }, 'native', dtype);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      for (const { name } of candidatesFor(call)) {
        // In bfloat16 some of TensorFlow's own gradients add up in bfloat16 too, and are off by more.
        if (name === 'native' && dtype === 'bfloat16') continue;
        const values = compute(call, name);
        expect(values.length, name).toBe(expected.length);
        const errors = values.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)));
        expect(errors.reduce((most, error) => Math.max(most, error), 0) / largest, name).toBeLessThan(
          TOLERANCE[dtype],
        );
      }
    },
  );
});

it('tests every candidate of the table', () => {
  const tested = new Set(calls.flatMap((call) => candidatesFor(call).map(({ name }) => name)));
  expect(tested).toEqual(new Set([...CONVOLUTIONS, ...MATRIX_PRODUCTS].map(({ name }) => name)));
});

it('has TensorFlow’s own op first, and no name twice among what computes the same', () => {
  for (const table of [CONVOLUTIONS, MATRIX_PRODUCTS]) {
    const names = table.map(({ name }) => name);
    expect(names[0]).toBe('native');
    expect(new Set(names).size).toBe(names.length);
  }
});

it('leaves dilated convolutions to TensorFlow', () => {
  for (const call of convolutions([2, 9, 9, 4], [3, 3], 4, [1, 1], 'valid')) {
    const dilated = { ...call, dilations: [2, 2], output: [2, 5, 5, 4] } as const;
    expect(candidatesFor(dilated).map(({ name }) => name)).toEqual(['native']);
  }
});

/** A convolution and its two gradients. */
function convolutions(
  input: ImageShape,
  [height, width]: Pair,
  channels: number,
  strides: Pair,
  pad: 'same' | 'valid' | number,
): ConvolutionCall[] {
  const along = (length: number, taps: number, stride: number) => {
    const zeros = Math.max(0, (Math.ceil(length / stride) - 1) * stride + taps - length);
    const before = pad === 'same' ? Math.floor(zeros / 2) : pad === 'valid' ? 0 : pad;
    const after = pad === 'same' ? zeros - before : before;
    return { before, after, output: Math.floor((length + before + after - taps) / stride) + 1 };
  };
  const rows = along(input[1], height, strides[0]);
  const columns = along(input[2], width, strides[1]);
  const geometry = {
    input,
    filter: [height, width, input[3], channels],
    output: [input[0], rows.output, columns.output, channels],
    strides,
    dilations: [1, 1],
    padding: { top: rows.before, bottom: rows.after, left: columns.before, right: columns.after },
    dtype: 'float32',
  } as const;
  return (['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'] as const).map((operation) => ({
    operation,
    ...geometry,
  }));
}

function product(a: number[], b: number[], transposeA: boolean, transposeB: boolean): MatrixProductCall {
  return { operation: 'BatchMatMul', a, b, transposeA, transposeB, dtype: 'float32' };
}

/** The values of a candidate's result, for operands that depend on the call's shapes only. */
function compute(call: Call, name: string, rounded = call.dtype): Float32Array {
  const operands = operandShapes(call).map((shape, index) => {
    const exact = randomTensor(shape, index);
    return convert(convert(exact, 'float32', rounded), rounded, call.dtype);
  });
  const candidate = candidatesFor(call).find((one) => one.name === name);
  if (candidate === undefined) throw new Error(`${name} does not apply`);
  const result = computeWith(binding, call.dtype, (ops) => candidate.run(ops, operands as never as Operands));
  const floats = convert(result, call.dtype, 'float32');
  const values = (binding.tensorDataSync(floats.id) as Float32Array).slice();
  for (const { id } of [...operands, floats]) binding.deleteTensor(id);
  return values;
}

function randomTensor(shape: readonly number[], salt: number): NativeTensor {
  const size = shape.reduce((length, axis) => length * axis, 1);
  const random = new RandomStream('operand', salt, size);
  const values = Float32Array.from({ length: size }, () => random.uniform() - 0.5);
  return { id: binding.createTensor(shape, DataType.float32, values), shape };
}

/** The same tensor, or one of another type in its stead. */
function convert(tensor: NativeTensor, from: ComputeDtype, to: ComputeDtype): NativeTensor {
  if (from === to) return tensor;
  const attributes = [attribute.type('SrcT', DataType[from]), attribute.type('DstT', DataType[to])];
  const truncate = attribute.bool('Truncate', false);
  const [converted] = binding.executeOp('Cast', [...attributes, truncate], [tensor.id], 1);
  binding.deleteTensor(tensor.id);
  if (converted === undefined) throw new Error('the cast returned nothing');
  return converted;
}
