import type { Image } from '../../dataset.ts';
import { checkColours, luminance } from './luminance.ts';

/**
 * The brightness of an image, in one channel or repeated in three (torchvision's `rgb_to_grayscale`). White becomes
 * 254, since torchvision's shares of the colours, 0.2989, 0.587 and 0.114, sum to 0.9999.
 *
 * @param outputChannels 1 or 3
 * @throws LoopwrightError if the image has neither 1 nor 3 channels
 * @example
 * const image = { data: Uint8Array.of(200, 100, 0), height: 1, width: 1, channels: 3 };
 * transforms.functional.toGrayscale(image, 1).data; // [118]
 */
export function toGrayscale(image: Image, outputChannels: 1 | 3): Image {
  checkColours('toGrayscale', image);
  const { height, width, channels } = image;
  if (channels === 1 && outputChannels === 1) return image;
  const grey = luminance(image);
  if (outputChannels === 1) return { data: grey, height, width, channels: 1 };
  const data = new Uint8Array(3 * grey.length);
  for (let pixel = 0; pixel < grey.length; pixel++) data.fill(grey[pixel]!, 3 * pixel, 3 * pixel + 3);
  return { data, height, width, channels: 3 };
}
