import type { Image } from '../../dataset.ts';
import { histogram, perChannel } from './histogram.ts';
import { applyTones, type ToneTable, toneTable } from './tone-table.ts';

/**
 * Changes the values of each channel so that all are about equally frequent (torchvision's and Pillow's `equalize`).
 *
 * @example
 * const image = { data: Uint8Array.from({ length: 512 }, (_, i) => i / 4), height: 1, width: 512, channels: 1 };
 * transforms.functional.equalize(image).data[508]; // 255
 */
export function equalize(image: Image): Image {
  return applyTones(
    image,
    perChannel(image, (channel) => equalizing(histogram(image, channel))),
  );
}

/** A value becomes the number of pixels below it, in steps of a 255th of all but the brightest pixels. */
function equalizing(counts: Uint32Array): ToneTable {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const brightest = counts.findLast((count) => count > 0) ?? 0;
  const step = Math.floor((total - brightest) / 255);
  if (step === 0) return toneTable((value) => value);
  let below = Math.floor(step / 2);
  return toneTable((value) => {
    const level = Math.floor(below / step);
    below += counts[value]!;
    return level;
  });
}
