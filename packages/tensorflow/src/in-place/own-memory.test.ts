import { inPlaceKernels } from '@loopwright/core/tensors';
import { countTensorsInEveryTest } from '@loopwright/test-utils';
import {
  add,
  clone,
  dispose,
  engine,
  ones,
  reshape,
  split,
  type Tensor,
  tensor1d,
  tidy,
  type Variable,
  variable,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { activeNativeBackend, type NativeBackend } from '../native/native-backend.ts';

const backend = activeNativeBackend() as NativeBackend;
const values = (tensor: Tensor) => [...tensor.dataSync()];

let before = 0;
countTensorsInEveryTest();
beforeEach(() => {
  before = backend.binding.getNumOfTensors();
});
afterEach(() => {
  expect(backend.binding.getNumOfTensors() - before, 'native tensors left behind').toBe(0);
});

/** Doubles variables in place. */
function double(...variables: readonly Variable[]): void {
  const updates = variables.map((value) => ({ value, factor: 2 }));
  expect(inPlaceKernels()?.update('scale', updates)).toBe(true);
}

/** A variable whose memory is TensorFlow's, with values that TensorFlow computed. */
function computed(shape: number[]): Variable {
  return tidy(() => variable(add(ones(shape), 0)));
}

const idOf = (held: Variable) => backend.getInputTensorIds([held])[0];

it('changes memory that nobody else has where it lies, under the same id', () => {
  const held = computed([2]);
  const id = idOf(held);
  double(held);
  double(held);
  expect(values(held)).toEqual([4, 4]);
  expect(idOf(held)).toBe(id);
  held.dispose();
});

it('leaves what was read, cloned and reshaped before as it was, also inside tidy', () => {
  const held = computed([2, 2]);
  const read = held.dataSync();
  const [copy, flat] = [clone(held as Tensor), reshape(held, [4])];
  double(held);
  tidy(() => {
    const early = reshape(held, [4]);
    double(held);
    expect(values(early)).toEqual([2, 2, 2, 2]);
  });
  expect([[...read], values(copy), values(flat)]).toEqual(Array(3).fill([1, 1, 1, 1]));
  expect(values(held)).toEqual([4, 4, 4, 4]);
  dispose([held, copy, flat]);
});

it('leaves the other variables that share memory as they are', () => {
  const first = computed([3]);
  const second = variable(first as Tensor);
  const third = computed([3]);
  third.assign(first);
  double(first, third);
  expect([values(first), values(second), values(third)]).toEqual([
    [2, 2, 2],
    [1, 1, 1],
    [2, 2, 2],
  ]);
  dispose([first, second, third]);
});

it('never changes the memory of the caller’s array, however it is aligned', () => {
  const memory = new ArrayBuffer(1024);
  for (let offset = 0; offset < 64; offset += 4) {
    const given = new Float32Array(memory, offset, 32).fill(1);
    const held = tidy(() => variable(tensor1d(given)));
    double(held);
    expect(values(held)).toEqual(Array(32).fill(2));
    expect([...given]).toEqual(Array(32).fill(1));
    held.dispose();
  }
});

it('leaves as they are what TensorFlow keeps in the same memory, as parts of one tensor', () => {
  const whole = tidy(() => add(ones([4, 256]), 0));
  const parts = split(whole, 4);
  const held = variable(parts[1] as Tensor);
  dispose(parts);
  double(held);
  expect(new Set(values(whole))).toEqual(new Set([1]));
  expect(new Set(values(held))).toEqual(new Set([2]));
  dispose([whole, held]);
});

it('takes a tensor that is the variable itself, or shares its memory, as it was before', () => {
  const sum = computed([2]);
  const shared = clone(sum as Tensor);
  const kernels = inPlaceKernels();
  expect(kernels?.update('accumulate', [{ sum, term: shared, weight: 3 }])).toBe(true);
  expect([values(sum), values(shared)]).toEqual([
    [4, 4],
    [1, 1],
  ]);
  expect(kernels?.update('accumulate', [{ sum, term: sum, weight: 1 }])).toBe(true);
  expect(values(sum)).toEqual([8, 8]);
  dispose([sum, shared]);
});

it('refuses to change a variable twice, and changes nothing where a tensor is gone', () => {
  const [held, gone] = [computed([2]), computed([2])];
  const kernels = inPlaceKernels();
  const repeated = [
    { value: held, factor: 2 },
    { value: held, factor: 2 },
  ];
  expect(() => kernels?.update('scale', repeated)).toThrow(/would be changed twice/);
  gone.dispose();
  const missing = [
    { value: held, factor: 2 },
    { value: gone, factor: 2 },
  ];
  expect(() => kernels?.update('scale', missing)).toThrow();
  expect(values(held)).toEqual([1, 1]);
  held.dispose();
});

it('holds no memory back', () => {
  const held = computed([1000]);
  const bytes = engine().memory().numBytes;
  for (let step = 0; step < 50; step++) {
    const shared = clone(held as Tensor);
    double(held);
    shared.dispose();
  }
  expect(engine().memory().numBytes).toBe(bytes);
  held.dispose();
});
