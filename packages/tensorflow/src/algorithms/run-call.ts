import { backend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { DataType } from '../native/data-types.ts';
import type { NativeBackend } from '../native/native-backend.ts';
import { fastestFor } from './algorithms.ts';
import type { Call } from './calls.ts';
import { chooseDtype } from './compute-dtype.ts';

/** Two tensors of TensorFlow.js, in the order of a call's operands. */
export type FloatOperands = readonly [TensorInfo, TensorInfo];

/** Whether both operands are there and float32. */
export function areFloats(operands: readonly (TensorInfo | undefined)[]): operands is FloatOperands {
  return operands.length === 2 && operands.every((operand) => operand?.dtype === 'float32');
}

/**
 * Computes a call in the dtype and with the algorithm that are chosen for it.
 *
 * @param operands borrowed
 * @returns a tensor that belongs to the scope around
 */
export function runCall(call: Call, operands: FloatOperands): Tensor {
  const native = backend() as unknown as NativeBackend;
  const { run } = fastestFor({ ...call, dtype: chooseDtype(call) });
  const [first, second] = operands;
  const [firstId = -1, secondId = -1] = native.getInputTensorIds(operands);
  const { id, shape } = run([
    { id: firstId, shape: first.shape },
    { id: secondId, shape: second.shape },
  ]);
  // What was computed in bfloat16 is float32 to TensorFlow.js.
  return native.createOutputTensor({ id, shape: [...shape], dtype: DataType.float32 });
}
