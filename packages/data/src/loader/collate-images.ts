import { type Tensor1D, type Tensor4D, tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import type { ImageSample } from '../dataset.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import { type PackedImages, packImages } from './pack-images.ts';

/** A batch of images as a training step takes it. A type and no interface, so that `tf.tidy` and `tf.dispose` take it. */
export type ImageBatch = {
  /** float32 of shape [batch, height, width, channels], from 0 to 1 unless they are normalised. */
  readonly images: Tensor4D;
  /** int32 of shape [batch]. */
  readonly labels: Tensor1D;
};

/**
 * Joins samples into one batch: bytes become floats from 0 to 1, as torchvision's `ToDtype(float32, scale=True)`, and
 * with `normalize` have each channel's mean taken off and are divided by its standard deviation.
 *
 * @param samples at least one; they are copied
 * @returns two tensors, which the caller owns
 * @throws LoopwrightError if there are no samples, their images differ in size, one has not as many bytes as it says,
 * a label is no integer, or the statistics do not fit
 * @example
 * const { images, labels } = collateImages([dataset.get(0), dataset.get(1)]);
 * labels.dataSync(); // [0, 1]
 */
export function collateImages(
  samples: readonly ImageSample[],
  options: { readonly normalize?: ChannelStatistics } = {},
): ImageBatch {
  return toTensors(packImages(samples, options.normalize));
}

/** Tensors of a batch, which may go on using its memory: it must not be written to any more. */
export function toTensors({ shape, pixels, labels }: PackedImages): ImageBatch {
  return { images: tensor4d(pixels, [...shape]), labels: tensor1d(labels, 'int32') };
}
