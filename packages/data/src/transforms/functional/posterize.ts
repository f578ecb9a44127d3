import type { Image } from '../../dataset.ts';
import { applyTone, toneTable } from './tone-table.ts';

/**
 * Keeps the upper bits of each value (torchvision's `posterize`).
 *
 * @param bits from 0, which gives black, to 8, which changes nothing
 * @example
 * const image = { data: Uint8Array.of(100, 200), height: 1, width: 2, channels: 1 };
 * transforms.functional.posterize(image, 1).data; // [0, 128]
 */
export function posterize(image: Image, bits: number): Image {
  const mask = 256 - 2 ** (8 - bits);
  return applyTone(
    image,
    toneTable((value) => value & mask),
  );
}
