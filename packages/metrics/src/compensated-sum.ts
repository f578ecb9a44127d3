import { add, sub, type Tensor } from '@tensorflow/tfjs-core';

/** A running float32 sum and what rounding has added to it so far: the true sum is `sum - excess`. */
export interface CompensatedSum {
  readonly sum: Tensor;
  readonly excess: Tensor;
}

/**
 * Adds to a running sum without losing what float32 rounds away.
 *
 * Plain float32 addition stops growing once the sum is 2^24 times the increment, and loses digits long before. Here the
 * error is about one rounding of the result however many values are added:
 *
 *     y = value - excess;  sum' = sum + y;  excess' = (sum' - sum) - y
 *
 * Follows W. Kahan, "Further remarks on reducing truncation errors" (1965). A value that is not finite makes the sum NaN.
 *
 * @param value borrowed, of the sum's shape
 * @returns two new tensors; the caller owns them
 * @example
 * const running = { sum: tf.scalar(2 ** 24), excess: tf.scalar(0) };
 * const { sum, excess } = addCompensated(running, tf.scalar(1));
 * sum.dataSync(); // [16777216]
 * excess.dataSync(); // [-1]
 */
export function addCompensated(running: CompensatedSum, value: Tensor): CompensatedSum {
  const increment = sub(value, running.excess);
  const sum = add(running.sum, increment);
  return { sum, excess: sub(sub(sum, running.sum), increment) };
}
