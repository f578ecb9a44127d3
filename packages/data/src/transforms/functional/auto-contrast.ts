import type { Image } from '../../dataset.ts';
import { histogram, perChannel } from './histogram.ts';
import { applyTones, type ToneTable, toneTable } from './tone-table.ts';

/**
 * Stretches each channel so that its least value becomes 0 and its greatest 255 (torchvision's `autocontrast`): or 254,
 * where single precision, in which torchvision computes, falls just short. A channel of one value stays as it is.
 *
 * @example
 * const image = { data: Uint8Array.of(50, 120, 220), height: 1, width: 3, channels: 1 };
 * transforms.functional.autoContrast(image).data; // [0, 105, 255]
 */
export function autoContrast(image: Image): Image {
  return applyTones(
    image,
    perChannel(image, (channel) => stretch(histogram(image, channel))),
  );
}

function stretch(counts: Uint32Array): ToneTable {
  const least = counts.findIndex((count) => count > 0);
  const greatest = counts.findLastIndex((count) => count > 0);
  if (least === greatest) return toneTable((value) => value);
  const scale = Math.fround((greatest - least) * Math.fround(1 / 255));
  return toneTable((value) => Math.fround((value - least) / scale));
}
