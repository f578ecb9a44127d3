import type { Tensor } from '@tensorflow/tfjs-core';

/** The types that a state can hold; TensorFlow.js has no others that train. */
export type ValueDtype = 'float32' | 'int32' | 'bool';

/** The value of a tensor, copied off the device: plain memory, owned by whoever holds it. */
export interface TensorValue {
  readonly dtype: ValueDtype;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/**
 * Whether a value is a {@link TensorValue}.
 *
 * @example
 * isTensorValue({ dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }); // true
 */
export function isTensorValue(value: unknown): value is TensorValue {
  const candidate = value as Partial<TensorValue> | null | undefined;
  return ArrayBuffer.isView(candidate?.data) && Array.isArray(candidate?.shape);
}

/** Gives memory of so many bytes, aligned to 4. */
export type Allocate = (bytes: number) => Uint8Array;

/** Copies a tensor's bytes to memory of that size; false, with nothing changed, if it cannot. */
export type TensorReader = (tensor: Tensor, target: Uint8Array) => boolean;

let memory: Allocate | undefined;
let reader: TensorReader | undefined;

/**
 * Copies a tensor's value off the device. It waits for the device, so it belongs in saving, not in a training step.
 *
 * @param tensor borrowed; its dtype must be float32, int32 or bool
 * @returns a copy, which later changes of the tensor do not touch
 * @example
 * readTensor(tf.tensor1d([1, 2])); // { dtype: 'float32', shape: [2], data: [1, 2] }
 */
export function readTensor(tensor: Tensor): TensorValue {
  const { dtype, shape } = tensor as Tensor & { dtype: ValueDtype };
  return { dtype, shape: [...shape], data: readData(tensor, dtype) };
}

/**
 * Has {@link readTensor} read to memory of the caller's while a function runs. To read a large state to memory that was
 * used before takes a fraction of the time that fresh memory takes.
 *
 * @returns what the function returned; its tensors' values lie in that memory, and are the caller's to overwrite
 * @example
 * const memory = new Uint8Array(8);
 * const { data } = readTensorsInto(() => memory, () => readTensor(tf.tensor1d([1, 2])));
 * data.buffer === memory.buffer; // true
 */
export function readTensorsInto<T>(allocate: Allocate, read: () => T): T {
  const before = memory;
  memory = allocate;
  try {
    return read();
  } finally {
    memory = before;
  }
}

/**
 * Has {@link readTensorsInto} ask an engine first, which can do without a copy between.
 *
 * @returns what was provided before
 * @example
 * const before = provideTensorReader(() => false);
 * provideTensorReader(before);
 */
export function provideTensorReader(engine: TensorReader | undefined): TensorReader | undefined {
  const before = reader;
  reader = engine;
  return before;
}

interface ArrayType {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorValue['data'];
}

const ARRAYS: Readonly<Record<string, ArrayType>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};

function readData(tensor: Tensor, dtype: ValueDtype): TensorValue['data'] {
  const type = ARRAYS[dtype];
  // The cpu backend hands out its own memory, which the next assignment would change.
  if (memory === undefined || type === undefined) return (tensor.dataSync() as TensorValue['data']).slice();
  const target = memory(tensor.size * type.BYTES_PER_ELEMENT);
  const data = new type(target.buffer, target.byteOffset, tensor.size);
  if (!reader?.(tensor, target)) data.set(tensor.dataSync() as TensorValue['data']);
  return data;
}
