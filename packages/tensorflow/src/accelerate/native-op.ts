import { backend, engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { OpAttribute } from '../native/attributes.ts';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { activeNativeBackend, NATIVE_BACKEND } from '../native/native-backend.ts';

/** What TensorFlow.js' native backend offers to run an op of TensorFlow. */
interface OpRunner {
  executeSingleOutput(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorInfo[],
  ): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

/** The attribute `T` of an op on float32 tensors. */
export const FLOAT = attribute.type('T', DataType.float32);
export const CHANNELS_LAST = attribute.string('data_format', 'NHWC');

/** Whether the native backend is the one that computes now. */
export function isNative(): boolean {
  return engine().backendName === NATIVE_BACKEND;
}

/**
 * Whether somebody will differentiate what is computed now. Within a gradient that means gradients of gradients, which
 * native gradient ops do not have: they would be constants to the tape.
 */
export function isTaped(): boolean {
  return engine().isTapeOn();
}

/** Whether the ops of our binding, those called `Loopwright…`, take a tensor: float32, where it computes on a CPU. */
export function isForOwnOps({ dtype }: Tensor): boolean {
  const binding = activeNativeBackend()?.binding;
  return dtype === 'float32' && binding?.loopwright !== undefined && !binding.isUsingGpuDevice();
}

/**
 * Runs an op of TensorFlow with one output. The tape does not see it.
 *
 * @param inputs borrowed
 * @returns a tensor that belongs to the scope around
 */
export function nativeOp(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly TensorInfo[],
): Tensor {
  return runner().executeSingleOutput(name, attributes, inputs);
}

/** Runs an op of TensorFlow with several outputs; see {@link nativeOp}. */
export function nativeOps(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly TensorInfo[],
  outputs: number,
): Tensor[] {
  return runner().executeMultipleOutputs(name, attributes, inputs, outputs);
}

function runner(): OpRunner {
  return backend() as unknown as OpRunner;
}
