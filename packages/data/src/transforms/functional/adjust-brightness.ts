import type { Image } from '../../dataset.ts';
import { applyTone, toneTable } from './tone-table.ts';

/**
 * Multiplies all values by a factor (torchvision's `adjust_brightness`).
 *
 * @param factor 0 gives black, 1 the image itself
 * @example
 * const image = { data: Uint8Array.of(10, 200), height: 1, width: 2, channels: 1 };
 * transforms.functional.adjustBrightness(image, 1.5).data; // [15, 255]
 */
export function adjustBrightness(image: Image, factor: number): Image {
  const single = Math.fround(factor);
  return applyTone(
    image,
    toneTable((value) => Math.fround(value * single)),
  );
}
