import { mul, reshape, type Tensor, tensor1d, util } from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { CHANNELS_LAST, FLOAT, isTaped, nativeOp } from './native-op.ts';
import { type KernelFamily, replaceGradient, replaceKernel, together } from './replacement.ts';

/** The sum over all axes but the last, which is the gradient of every bias, as the op made for that. */
const biasGradient: KernelFamily = () =>
  replaceKernel('Sum', ({ inputs: { x }, attrs: { axis, keepDims } }) => {
    if (x === undefined || x.dtype !== 'float32' || keepDims === true) return undefined;
    return isAllButLast(x.shape, axis as number | number[])
      ? nativeOp('BiasAddGrad', [FLOAT, CHANNELS_LAST], [x])
      : undefined;
  });

function isAllButLast(shape: number[], axis: number | number[]): boolean {
  const rank = shape.length;
  if (rank < 2 || rank > 5 || shape.includes(0)) return false;
  const axes = new Set(util.parseAxisParam(axis, shape));
  return axes.size === rank - 1 && !axes.has(rank - 1);
}

/** The gradient of a sum or mean is spread over what was summed in one op, without a tensor of ones. */
const spread =
  (kernelName: string, weight: (count: number) => number): KernelFamily =>
  () =>
    replaceGradient(kernelName, {
      inputsToSave: ['x'],
      gradient: (dy, saved, { axis }, before) => {
        if (isTaped()) return before();
        const { shape } = saved[0] as Tensor;
        const axes = new Set(util.parseAxisParam(axis as number | number[], shape));
        const kept = shape.map((length, i) => (axes.has(i) ? 1 : length));
        const factor = weight(util.sizeFromShape(shape.filter((_, i) => axes.has(i))));
        return { x: () => broadcast(reshape(factor === 1 ? dy : mul(dy, factor), kept), shape) };
      },
    });

function broadcast(x: Tensor, shape: number[]): Tensor {
  const attributes = [FLOAT, attribute.type('Tidx', DataType.int32)];
  return nativeOp('BroadcastTo', attributes, [x, tensor1d(shape, 'int32')]);
}

/** Sums and means, global average pooling among them. */
export const reductions: KernelFamily = together(
  biasGradient,
  spread('Sum', () => 1),
  spread('Mean', (count) => 1 / count),
);
