import { type Rank, tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';

/** A float32 variable of these values, which leaves no initial tensor behind (`tf.variable(tf.tensor(…))` does). */
export function testVariable(values: number[] | number[][], trainable = true): Variable<Rank> {
  return tidy(() => variable(tensor(values, undefined, 'float32'), trainable));
}
