import type { Image } from '../../dataset.ts';
import { decodedPart } from '../../decode-part.ts';
import { filters } from './filters.ts';
import { resample } from './resample.ts';

/** How pixels of one grid are made from those of another. */
export type Interpolation = 'nearest' | 'bilinear' | 'bicubic';

/** A size in pixels. */
export interface Size {
  readonly height: number;
  readonly width: number;
}

/** A rectangle of pixels inside an image. */
export interface Box extends Size {
  readonly top: number;
  readonly left: number;
}

/**
 * Resizes an image, or the part of it inside `box`, with antialiasing unless `interpolation` is `'nearest'`.
 *
 * Bilinear and bicubic give the bytes that Pillow gives: rows first, then columns, each rounded to a byte. `'nearest'`
 * takes the pixel under the centre of the new one, as Pillow does (PyTorch calls that `nearest-exact`).
 *
 * @param size of the result, in pixels
 * @param box inside the image; pixels outside it have no influence. The whole image by default
 * @example
 * const image = { data: Uint8Array.of(0, 100, 200, 40), height: 2, width: 2, channels: 1 };
 * transforms.functional.resizeImage(image, { height: 1, width: 1 }).data; // [85]
 */
export function resizeImage(
  image: Image,
  size: Size,
  interpolation: Interpolation = 'bilinear',
  box: Box = { top: 0, left: 0, height: image.height, width: image.width },
): Image {
  const part = decodedPart(image, box);
  if (part !== undefined) return resizeImage(part, size, interpolation);
  if (interpolation === 'nearest') return nearest(image, size, box);
  return resample(image, box, size, filters[interpolation]);
}

function nearest({ data, width, channels }: Image, size: Size, box: Box): Image {
  const result = new Uint8Array(size.height * size.width * channels);
  const columns = nearestPixels(box.left, box.width, size.width);
  const rows = nearestPixels(box.top, box.height, size.height);
  let written = 0;
  for (let row = 0; row < size.height; row++) {
    const line = rows[row]! * width;
    for (let column = 0; column < size.width; column++) {
      const source = (line + columns[column]!) * channels;
      for (let channel = 0; channel < channels; channel++) result[written++] = data[source + channel]!;
    }
  }
  return { data: result, height: size.height, width: size.width, channels };
}

/** The source pixel under the centre of each target pixel of one axis. */
function nearestPixels(start: number, from: number, to: number): Int32Array {
  return Int32Array.from({ length: to }, (_, target) => start + Math.floor(((target + 0.5) * from) / to));
}
