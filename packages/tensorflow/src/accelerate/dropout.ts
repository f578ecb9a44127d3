import { mul, scalar, Tensor, tidy } from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { FLOAT, isNative, nativeOp } from './native-op.ts';
import { random } from './random.ts';
import { original, replaceFunction } from './replaceable-functions.ts';
import type { KernelFamily } from './replacement.ts';
import { statelessRandom } from './stateless-random.ts';

const FROM_BOOL = [attribute.type('SrcT', DataType.bool), attribute.type('DstT', DataType.float32)];

/**
 * Sets values to zero with the probability `rate`, and scales the others by 1 / (1 − rate).
 *
 * @param x float32; borrowed
 * @param rate more than 0 and less than 1
 * @param noiseShape the mask's shape, which is broadcast; null stands for the length that x has
 * @param layerSeed the seed of a layer whose masks have a stream of their own
 * @returns the caller owns it
 */
export function nativeDropout(
  x: Tensor,
  rate: number,
  noiseShape: readonly (number | null)[] | null | undefined,
  layerSeed?: number | string,
): Tensor {
  return tidy(() => {
    const shape = noiseShape?.map((length, axis) => length ?? (x.shape[axis] as number)) ?? x.shape;
    const values = statelessRandom('StatelessRandomUniform', shape, random.opSeed(layerSeed));
    const kept = nativeOp('Cast', FROM_BOOL, [nativeOp('GreaterEqual', [FLOAT], [values, scalar(rate)])]);
    return mul(x, nativeOp('Mul', [FLOAT], [kept, scalar(1 / (1 - rate))]));
  });
}

/** `tf.dropout` without a seed, and all layers of tf.layers that drop without one. */
export const dropout: KernelFamily = () => {
  const portable = original('dropout');
  const replacement: typeof portable = (x, rate, noiseShape, seed) => {
    const usable = isNative() && (seed === undefined || seed === null) && rate > 0 && rate < 1;
    return usable && x instanceof Tensor && x.dtype === 'float32'
      ? nativeDropout(x, rate, noiseShape)
      : portable(x, rate, noiseShape, seed);
  };
  return replaceFunction('dropout', replacement);
};
