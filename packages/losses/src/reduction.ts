import { mean, type Scalar, sum, type Tensor } from '@tensorflow/tfjs-core';

/** How the losses of a batch's examples become one: their mean, their sum, or not at all (`'none'`). */
export type Reduction = 'mean' | 'sum' | 'none';

/** What a reduction gives: one loss an example for `'none'`, one number otherwise. */
export type Reduced<R> = R extends 'none' ? Tensor : Scalar;

/** Reduces the losses of a batch's examples. */
export function reduce(perExample: Tensor, reduction: Reduction): Tensor {
  if (reduction === 'none') return perExample;
  return reduction === 'sum' ? sum(perExample) : mean(perExample);
}
