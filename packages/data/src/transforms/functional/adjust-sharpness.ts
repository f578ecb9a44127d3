import type { Image } from '../../dataset.ts';
import { checkColours } from './luminance.ts';

/**
 * Blends the image with a blurred version of itself; the pixels at the edge stay as they are (torchvision's
 * `adjust_sharpness`). The blur is the mean over 3×3 pixels in which the middle one counts five times.
 *
 * @param factor 0 gives the blurred image, 1 the image itself, more than 1 a sharper one
 * @throws LoopwrightError if the image has neither 1 nor 3 channels
 * @example
 * const image = { data: Uint8Array.of(0, 0, 0, 0, 130, 0, 0, 0, 0), height: 3, width: 3, channels: 1 };
 * transforms.functional.adjustSharpness(image, 0).data; // [0, 0, 0, 0, 50, 0, 0, 0, 0]
 */
export function adjustSharpness(image: Image, factor: number): Image {
  checkColours('adjustSharpness', image);
  const { data, height, width, channels } = image;
  const result = data.slice();
  const away = Math.fround(1 - factor);
  const stride = width * channels;
  for (let row = 1; row < height - 1; row++) {
    for (let at = row * stride + channels; at < (row + 1) * stride - channels; at++) {
      const own = data[at]!;
      const above = threeAcross(data, at - stride, channels);
      const below = threeAcross(data, at + stride, channels);
      const sum = above + below + threeAcross(data, at, channels) + 4 * own;
      const blurred = Math.round(sum / 13);
      const value = Math.fround(own + away * (blurred - own));
      result[at] = value < 0 ? 0 : Math.min(value, 255);
    }
  }
  return { ...image, data: result };
}

function threeAcross(data: Uint8Array, at: number, channels: number): number {
  return data[at - channels]! + data[at]! + data[at + channels]!;
}
