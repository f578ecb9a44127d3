import type { Checker } from '@loopwright/core';
import type { Image } from '../dataset.ts';
import { pixelConverter } from './pixel-converter.ts';
import type { ChannelStatistics } from './statistics.ts';

/**
 * Writes images of one size one after another as floats, from 0 to 1 or normalised.
 *
 * @param images at least one
 * @param pixels where they go; as long as all of them
 * @throws LoopwrightError if their sizes differ, one has not as many bytes as it says, or the statistics do not fit
 */
export function writePixels(
  check: Checker,
  images: readonly Image[],
  pixels: Float32Array,
  statistics?: ChannelStatistics,
): void {
  const first = images[0] as Image;
  const { height, width, channels } = first;
  const convert = pixelConverter(statistics === undefined ? { channels } : { channels, statistics });
  const size = height * width * channels;
  for (const [position, image] of images.entries()) {
    if (image.height !== height || image.width !== width || image.channels !== channels) {
      check.fail(`images must have one size, got ${describe(first)} and ${describe(image)}`);
    }
    if (image.data.length !== size)
      check.fail(`an image of ${describe(image)} must have ${size} bytes, got ${image.data.length}`);
    convert(image.data, pixels, position * size);
  }
}

function describe({ height, width, channels }: Image): string {
  return `${height}×${width}×${channels}`;
}
