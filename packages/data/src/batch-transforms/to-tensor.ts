import { checker } from '@loopwright/core';
import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import type { Image } from '../dataset.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import { writePixels } from '../transforms/write-pixels.ts';

/**
 * Makes a batch of images, all of one size: bytes become floats from 0 to 1, or normalised ones.
 *
 * @param images at least one; copied
 * @returns float32 [batch, height, width, channels], which the caller owns
 * @throws LoopwrightError if there are no images, their sizes differ, one has not as many bytes as it says, or the
 * statistics do not fit
 * @example
 * const { image } = dataset.get(0);
 * const input = batchTransforms.toTensor([image], { statistics: transforms.statistics.cifar10 });
 * input.shape; // [1, 4, 4, 3]
 */
export function toTensor(
  images: readonly Image[],
  options: { readonly statistics?: ChannelStatistics } = {},
): Tensor4D {
  const check = checker('data', 'toTensor');
  const { statistics } = check.options(options, ['statistics']);
  const first = images[0];
  if (first === undefined) return check.fail('images must not be empty');
  const { height, width, channels } = first;
  const floats = new Float32Array(images.length * height * width * channels);
  writePixels(check, images, floats, statistics);
  return tensor4d(floats, [images.length, height, width, channels]);
}
