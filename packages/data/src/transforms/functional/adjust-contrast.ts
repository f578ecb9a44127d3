import type { Image } from '../../dataset.ts';
import { checkColours, luminance } from './luminance.ts';
import { applyTone, toneTable } from './tone-table.ts';

/**
 * Blends the image with its mean brightness (torchvision's `adjust_contrast`).
 *
 * @param factor 0 gives an even grey, 1 the image itself, more than 1 more contrast
 * @throws LoopwrightError if the image has neither 1 nor 3 channels
 * @example
 * const image = { data: Uint8Array.of(50, 150), height: 1, width: 2, channels: 1 };
 * transforms.functional.adjustContrast(image, 2).data; // [0, 200]
 */
export function adjustContrast(image: Image, factor: number): Image {
  checkColours('adjustContrast', image);
  const brightness = luminance(image);
  let sum = 0;
  for (let i = 0; i < brightness.length; i++) sum += brightness[i]!;
  const mean = Math.fround(sum / brightness.length);
  const single = Math.fround(factor);
  // Not rounded: PyTorch fuses this product with the addition.
  const added = mean * Math.fround(1 - factor);
  return applyTone(
    image,
    toneTable((value) => Math.fround(Math.fround(value * single) + added)),
  );
}
