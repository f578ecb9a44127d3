import type { Image } from '../../dataset.ts';
import { checkColours, luminance } from './luminance.ts';

/**
 * Blends the image with its grey version (torchvision's `adjust_saturation`). A grey image stays as it is.
 *
 * @param factor 0 gives grey, 1 the image itself, more than 1 stronger colours
 * @throws LoopwrightError if the image has neither 1 nor 3 channels
 * @example
 * const image = { data: Uint8Array.of(200, 100, 0), height: 1, width: 1, channels: 3 };
 * transforms.functional.adjustSaturation(image, 0).data; // [118, 118, 118]
 */
export function adjustSaturation(image: Image, factor: number): Image {
  checkColours('adjustSaturation', image);
  if (image.channels === 1) return image;
  const grey = luminance(image);
  const own = Float32Array.from({ length: 256 }, (_, value) => value * Math.fround(factor));
  const towardsGrey = Math.fround(1 - factor);
  const { data } = image;
  const result = new Uint8Array(data.length);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel++) {
    // Not rounded: PyTorch fuses this product with the addition.
    const added = grey[pixel]! * towardsGrey;
    for (let channel = 0; channel < 3; channel++, at++) {
      const value = Math.fround(own[data[at]!]! + added);
      result[at] = value < 0 ? 0 : Math.min(value, 255);
    }
  }
  return { ...image, data: result };
}
