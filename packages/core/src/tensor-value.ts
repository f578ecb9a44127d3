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

/**
 * Copies a tensor's value off the device. It waits for the device, so it belongs in saving, not in a training step.
 *
 * @param tensor borrowed; its dtype must be float32, int32 or bool
 * @returns a copy, which later changes of the tensor do not touch
 * @example
 * readTensor(tf.tensor1d([1, 2])); // { dtype: 'float32', shape: [2], data: [1, 2] }
 */
export function readTensor(tensor: Tensor): TensorValue {
  const data = tensor.dataSync() as TensorValue['data'];
  // The cpu backend hands out its own memory, which the next assignment would change.
  return { dtype: tensor.dtype as ValueDtype, shape: [...tensor.shape], data: data.slice() };
}
