import { checker, isTensorValue, readTensor, show, type TensorValue } from '@loopwright/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { concatenate, encodeChunks } from './encode-raw.ts';
import { type Fail, quote } from './failure.ts';
import type { Metadata } from './raw-tensor.ts';
import { valueToRaw } from './tensor-values.ts';

/** Tensors by name, on the device or as plain values. */
export type TensorsToSave = Readonly<Record<string, Tensor | TensorValue>>;

const check = checker('safetensors', 'encode');

/**
 * Encodes tensors as a safetensors file: float32 as F32, int32 as I32, bool as BOOL. It waits for the device.
 *
 * @param tensors borrowed
 * @param metadata text by name
 * @throws LoopwrightError if a tensor is disposed or of another type, or a name is not valid Unicode or is reserved
 * @example
 * const bytes = encode({ images, labels }, { split: 'train' });
 */
export function encode(tensors: TensorsToSave, metadata?: Metadata): Uint8Array {
  return concatenate(encodeTensors(tensors, metadata, check.fail));
}

/** Copies tensors off the device and encodes them, in pieces to be written one after the other. */
export function encodeTensors(
  tensors: TensorsToSave,
  metadata: Metadata | undefined,
  fail: Fail,
): Uint8Array[] {
  const raw = Object.entries(tensors).map(([name, tensor]) => {
    const value = isTensorValue(tensor) ? tensor : readDeviceTensor(name, tensor, fail);
    return [name, valueToRaw(name, value, fail)] as const;
  });
  return encodeChunks(Object.fromEntries(raw), metadata, fail);
}

function readDeviceTensor(name: string, tensor: Tensor, fail: Fail): TensorValue {
  if (typeof tensor?.dataSync !== 'function') {
    return fail(`tensor ${quote(name)} must be a tf.Tensor or a tensor's value, got ${show(tensor)}`);
  }
  if (tensor.isDisposed) fail(`tensor ${quote(name)} is disposed`);
  return readTensor(tensor);
}
