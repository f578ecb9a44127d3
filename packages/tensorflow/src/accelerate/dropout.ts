import { customGrad, type GradSaveFunc, mul, ones, scalar, Tensor, tidy, util } from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { FLOAT, isForOwnOps, isNative, nativeOp } from './native-op.ts';
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
    const seed = random.opSeed(layerSeed);
    const shape = noiseShape?.map((length, axis) => length ?? (x.shape[axis] as number)) ?? x.shape;
    if (!isForOwnOps(x)) return mul(x, composedMask(shape, rate, seed));
    return util.arraysEqual(shape, x.shape)
      ? ownDropout(x, rate, seed)
      : mul(x, ownDropout(ones([...shape]), rate, seed));
  });
}

/** By our own op (see native/dropout.h), of which the gradient is the same op. */
function ownDropout(x: Tensor, rate: number, seed: Tensor): Tensor {
  const drop = customGrad((...args) => {
    const [x, save] = args as unknown as [Tensor, GradSaveFunc];
    save([seed]);
    return {
      value: nativeOp('LoopwrightDropout', [FLOAT], [x, seed, scalar(rate)]),
      gradFunc: (dy: Tensor, [seed]: Tensor[]) => ownDropout(dy, rate, seed as Tensor),
    };
  });
  return drop(x);
}

/** Zeros, and 1 / (1 − rate) elsewhere, of TensorFlow's ops. */
function composedMask(shape: readonly number[], rate: number, seed: Tensor): Tensor {
  const values = statelessRandom('StatelessRandomUniform', shape, seed);
  const kept = nativeOp('Cast', FROM_BOOL, [nativeOp('GreaterEqual', [FLOAT], [values, scalar(rate)])]);
  return nativeOp('Mul', [FLOAT], [kept, scalar(1 / (1 - rate))]);
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
