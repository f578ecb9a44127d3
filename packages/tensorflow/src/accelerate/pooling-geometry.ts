import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { KernelCall } from './replacement.ts';

/** Of height and width. */
export type Pair = [number, number];

/** A two-dimensional pooling of float32 images with channels last. */
export interface PoolingGeometry {
  readonly window: Pair;
  readonly strides: Pair;
  /** Pixels of padding above and to the left, below and to the right. */
  readonly before: Pair;
  readonly after: Pair;
  /**
   * Whether it is one for TensorFlow's explicit padding: given in pixels, with an output of the size that TensorFlow rounds
   * to. TensorFlow.js can round otherwise.
   */
  readonly isExplicit: boolean;
}

/** The geometry of a call of `tf.maxPool` or its gradient; undefined if it is of another type, or empty. */
export function poolingGeometry(input: TensorInfo, attrs: KernelCall['attrs']): PoolingGeometry | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: number | Pair;
    strides: number | Pair;
    pad: number | 'valid' | 'same' | backend_util.ExplicitPadding;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  if (input.dtype !== 'float32' || util.sizeFromShape(input.shape) === 0) return undefined;
  const shape = input.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const { top, bottom, left, right, type } = info.padInfo;
  const floored = (size: number, pads: number, window: number, stride: number) =>
    Math.floor((size + pads - window) / stride) + 1;
  return {
    window: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    before: [top, left],
    after: [bottom, right],
    isExplicit:
      type !== 'SAME' &&
      type !== 'VALID' &&
      info.outHeight === floored(info.inHeight, top + bottom, info.filterHeight, info.strideHeight) &&
      info.outWidth === floored(info.inWidth, left + right, info.filterWidth, info.strideWidth),
  };
}
