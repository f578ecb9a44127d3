import type { Image } from '../../dataset.ts';
import { filters } from './filters.ts';
import { type Rows, resampleColumns, resampleRows, resamplingTaps } from './resample.ts';

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
  if (interpolation === 'nearest') return nearest(image, size, box);
  const { channels } = image;
  const filter = filters[interpolation];
  const stride = image.width * channels;
  let rows: Rows = {
    data: image.data,
    offset: box.top * stride + box.left * channels,
    stride,
    count: box.height,
  };
  if (box.width !== size.width) {
    const target = scratch(box.height * size.width * channels);
    resampleRows(
      rows,
      channels,
      resamplingTaps(box.width, size.width, filter),
      new Uint8ClampedArray(target.buffer),
    );
    rows = { data: target, offset: 0, stride: size.width * channels, count: box.height };
  }
  const data = new Uint8Array(size.height * size.width * channels);
  const taps = resamplingTaps(box.height, size.height, filter);
  resampleColumns(rows, size.width * channels, taps, new Uint8ClampedArray(data.buffer));
  return { data, height: size.height, width: size.width, channels };
}

let memory = new Uint8Array(0);

/** Memory for what lives between the two passes, kept for the next image. */
function scratch(size: number): Uint8Array<ArrayBuffer> {
  if (memory.length < size) memory = new Uint8Array(size);
  return memory;
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
