import { checker } from '@loopwright/core';
import { type Tensor1D, type Tensor4D, tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import type { ImageSample } from './dataset.ts';

/** A batch of images as a training step takes it. */
export interface ImageBatch {
  /** float32 of shape [batch, height, width, channels], from 0 to 1. */
  readonly images: Tensor4D;
  /** int32 of shape [batch]. */
  readonly labels: Tensor1D;
}

/**
 * Joins samples into one batch: bytes become floats from 0 to 1, as torchvision's `ToDtype(float32, scale=True)`.
 *
 * @param samples at least one; they are copied
 * @returns two tensors, which the caller owns
 * @throws LoopwrightError if there are no samples, or their images differ in size
 * @example
 * const { images, labels } = collateImages([dataset.get(0), dataset.get(1)]);
 * labels.dataSync(); // [0, 1]
 */
export function collateImages(samples: readonly ImageSample[]): ImageBatch {
  const first = samples[0]?.image;
  if (first === undefined) return checker('data', 'collateImages').fail('samples must not be empty');
  const { height, width, channels } = first;
  const size = height * width * channels;
  const pixels = new Float32Array(samples.length * size);
  const labels = new Int32Array(samples.length);
  for (const [position, { image, label }] of samples.entries()) {
    if (image.height !== height || image.width !== width || image.channels !== channels) {
      checker('data', 'collateImages').fail(
        `images of a batch must have one size, got ${describe(first)} and ${describe(image)}`,
      );
    }
    const start = position * size;
    for (let i = 0; i < size; i++) pixels[start + i] = (image.data[i] as number) / 255;
    labels[position] = label;
  }
  return {
    images: tensor4d(pixels, [samples.length, height, width, channels]),
    labels: tensor1d(labels, 'int32'),
  };
}

function describe(image: ImageSample['image']): string {
  return `${image.height}×${image.width}×${image.channels}`;
}
