import { add, mul, square, sub, type Tensor } from '@tensorflow/tfjs-core';

/**
 * `average + (1 - decay) (value - average)`, an exponential moving average; without an average yet it starts at zero.
 *
 * @param average borrowed
 * @param value borrowed
 * @returns a new tensor
 */
export function movingAverage(average: Tensor | undefined, value: Tensor, decay: number): Tensor {
  if (average === undefined) return mul(value, 1 - decay);
  return add(average, mul(sub(value, average), 1 - decay));
}

/**
 * `decay average + (1 - decay) value²`, the moving average of squares; without an average yet it starts at zero. Both
 * terms are positive, so rounding cannot make it negative.
 *
 * @param average borrowed
 * @param value borrowed
 * @returns a new tensor
 */
export function movingSquareAverage(average: Tensor | undefined, value: Tensor, decay: number): Tensor {
  const term = mul(square(value), 1 - decay);
  return average === undefined ? term : add(mul(average, decay), term);
}

/** The factors of both moving averages of Adam and its kin, as in-place kernels take them. */
export function momentShares({ beta1, beta2 }: { readonly beta1: number; readonly beta2: number }) {
  return { share1: 1 - beta1, decay2: beta2, share2: 1 - beta2 };
}
