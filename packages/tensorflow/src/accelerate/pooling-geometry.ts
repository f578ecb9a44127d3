import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { attribute, type OpAttribute } from '../native/attributes.ts';
import type { KernelCall } from './replacement.ts';

const MOST_POSITIONS = 2 ** 31;

/** A two-dimensional pooling of float32 images with channels last. */
export interface PoolingGeometry {
  /** The attributes `ksize` and `strides`. */
  readonly window: readonly OpAttribute[];
  /** `'SAME'` and `'VALID'` as TensorFlow has them, or the pixels before and after each axis. */
  readonly padding: 'SAME' | 'VALID' | readonly (readonly [number, number])[];
}

/**
 * The geometry of a call of `tf.maxPool` or its gradient; undefined if it is of another type or too large for positions
 * of 32 bits, or TensorFlow would round the size of the output otherwise than TensorFlow.js does.
 */
export function poolingGeometry(input: TensorInfo, attrs: KernelCall['attrs']): PoolingGeometry | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: number | [number, number];
    strides: number | [number, number];
    pad: number | 'valid' | 'same' | backend_util.ExplicitPadding;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const size = util.sizeFromShape(input.shape);
  if (input.dtype !== 'float32' || size === 0 || size >= MOST_POSITIONS) return undefined;
  const shape = input.shape as [number, number, number, number];
  const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
  const window = [
    attribute.ints('ksize', [1, info.filterHeight, info.filterWidth, 1]),
    attribute.ints('strides', [1, info.strideHeight, info.strideWidth, 1]),
  ];
  const { top, bottom, left, right, type } = info.padInfo;
  if (type === 'SAME' || type === 'VALID') return { window, padding: type };
  const floored =
    info.outHeight ===
      Math.floor((info.inHeight + top + bottom - info.filterHeight) / info.strideHeight) + 1 &&
    info.outWidth === Math.floor((info.inWidth + left + right - info.filterWidth) / info.strideWidth) + 1;
  const pixels = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ] as const;
  return floored ? { window, padding: pixels } : undefined;
}
