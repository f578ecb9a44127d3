import { checker, type TensorValue } from '@loopwright/core';
import { toTensor } from '@loopwright/core/tensors';
import type { Tensor } from '@tensorflow/tfjs-core';
import { decodeContents } from './decode-raw.ts';
import { rawToValue } from './tensor-values.ts';

/** What a file holds, as tensors. */
export interface Contents {
  /** Owned by whoever called. */
  readonly tensors: Record<string, Tensor>;
  readonly metadata: Record<string, string>;
}

const check = checker('safetensors', 'decode');

/**
 * Decodes a safetensors file into tensors: F64, F32, F16 and BF16 become float32 (F64 is rounded), integers int32,
 * BOOL bool.
 *
 * @param bytes borrowed and copied
 * @returns tensors in the order of their data, which the caller disposes, and the metadata, empty if there is none
 * @throws LoopwrightError if the file is malformed, or a tensor has no counterpart in TensorFlow.js: an integer beyond
 * int32, or F8, F6, F4 and C64. `decodeRaw` reads those. No tensor is made then.
 * @example
 * const { tensors, metadata } = decode(encode({ images, labels }, { split: 'train' }));
 * metadata.split; // 'train'
 * tf.dispose(tensors);
 */
export function decode(bytes: Uint8Array): Contents {
  const { tensors, metadata } = decodeContents(bytes, check.fail);
  const values = Object.entries(tensors).map(
    ([name, raw]) => [name, rawToValue(name, raw, check.fail)] as const,
  );
  return { tensors: makeTensors(values, toTensor), metadata };
}

/** Makes all tensors at once, after everything that can be refused has been looked at. */
export function makeTensors(
  values: readonly (readonly [string, TensorValue])[],
  make: (value: TensorValue) => Tensor,
): Record<string, Tensor> {
  return Object.fromEntries(values.map(([name, value]) => [name, make(value)]));
}
