import { type DataType, Tensor } from '@tensorflow/tfjs-core';
import type { Checker } from './check.ts';
import { show } from './errors.ts';

/** What a tensor has to be. In `shape` a number is that length exactly, and a word names a length that is free. */
export interface TensorSpec {
  readonly dtype: DataType;
  readonly shape: readonly (number | string)[];
}

/**
 * Checks type and shape of a tensor that a user passed in; nothing is read from the device.
 *
 * @returns the tensor itself, still the caller's
 * @throws LoopwrightError naming the argument, what it must be and what it is
 * @example
 * checkTensor(check, 'logits', logits, { dtype: 'float32', shape: ['batch', 'classes'] });
 */
export function checkTensor(check: Checker, argument: string, value: unknown, spec: TensorSpec): Tensor {
  if (value instanceof Tensor && value.dtype === spec.dtype && fits(value.shape, spec.shape)) return value;
  return check.fail(
    `${argument} must be a ${spec.dtype} tensor of shape [${spec.shape.join(', ')}], got ${show(value)}`,
  );
}

function fits(shape: readonly number[], expected: TensorSpec['shape']): boolean {
  return (
    shape.length === expected.length &&
    expected.every((length, axis) => typeof length === 'string' || length === shape[axis])
  );
}
