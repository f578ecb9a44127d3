import { checker } from '@loopwright/core';
import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import type { Image } from '../dataset.ts';
import { pixelConverter } from '../transforms/pixel-converter.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';

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
  const convert = pixelConverter(statistics === undefined ? { channels } : { channels, statistics });
  const size = height * width * channels;
  const floats = new Float32Array(images.length * size);
  for (const [position, image] of images.entries()) {
    if (image.height !== height || image.width !== width || image.channels !== channels) {
      check.fail(
        `images must have one size, got ${height}×${width}×${channels} and ${image.height}×${image.width}×${image.channels}`,
      );
    }
    if (image.data.length !== size) {
      check.fail(
        `an image of ${height}×${width}×${channels} must have ${size} bytes, got ${image.data.length}`,
      );
    }
    convert(image.data, floats, position * size);
  }
  return tensor4d(floats, [images.length, height, width, channels]);
}
