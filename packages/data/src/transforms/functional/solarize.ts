import type { Image } from '../../dataset.ts';
import { applyTone, toneTable } from './tone-table.ts';

/**
 * Inverts the values from a threshold on (torchvision's `solarize`).
 *
 * @param threshold from 0, which inverts all, to 255
 * @example
 * const image = { data: Uint8Array.of(100, 200), height: 1, width: 2, channels: 1 };
 * transforms.functional.solarize(image, 128).data; // [100, 55]
 */
export function solarize(image: Image, threshold: number): Image {
  return applyTone(
    image,
    toneTable((value) => (value >= threshold ? 255 - value : value)),
  );
}

/**
 * Inverts all values: a negative (torchvision's `invert`).
 *
 * @example
 * const image = { data: Uint8Array.of(0, 200), height: 1, width: 2, channels: 1 };
 * transforms.functional.invert(image).data; // [255, 55]
 */
export function invert(image: Image): Image {
  return solarize(image, 0);
}
