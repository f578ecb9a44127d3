import type { Image } from '../../dataset.ts';
import { decodedPart } from '../../decode-part.ts';
import { type Fill, fillColour } from './fill.ts';
import type { Box } from './resize-image.ts';

/** What lies outside an image: one colour, its nearest pixel, or its mirror image without repeating the edge. */
export type PaddingMode = 'constant' | 'edge' | 'reflect';

/** What a crop finds outside the image. */
export interface Surroundings {
  /** `'constant'` by default. */
  readonly mode?: PaddingMode;
  /** Of `'constant'`; 0 by default. */
  readonly fill?: Fill;
}

/**
 * Cuts a rectangle out of an image; the rectangle may reach past the edges, as if the image had been padded first.
 *
 * @param box in the image's own coordinates: `top` and `left` may be negative
 * @example
 * const image = { data: Uint8Array.of(1, 2, 3), height: 1, width: 3, channels: 1 };
 * const box = { top: 0, left: -2, height: 1, width: 4 };
 * transforms.functional.cropImage(image, box, { mode: 'reflect' }).data; // [3, 2, 1, 2]
 */
export function cropImage(image: Image, box: Box, { mode = 'constant', fill = 0 }: Surroundings = {}): Image {
  const { height, width, channels } = image;
  const isInside =
    box.top >= 0 && box.left >= 0 && box.top + box.height <= height && box.left + box.width <= width;
  const part = isInside ? decodedPart(image, box) : undefined;
  if (part !== undefined) return { ...part, data: part.data.slice() };
  const { data } = image;
  const rows = sourceIndices(box.top, box.height, height, mode);
  const columns = sourceIndices(box.left, box.width, width, mode);
  const colour = fillColour(fill, channels);
  const result = new Uint8Array(box.height * box.width * channels);
  let written = 0;
  for (let y = 0; y < box.height; y++) {
    const row = rows[y]!;
    for (let x = 0; x < box.width; x++) {
      const column = columns[x]!;
      const outside = row < 0 || column < 0;
      const pixels = outside ? colour : data;
      const first = outside ? 0 : (row * width + column) * channels;
      for (let channel = 0; channel < channels; channel++) result[written++] = pixels[first + channel]!;
    }
  }
  return { data: result, height: box.height, width: box.width, channels };
}

/** The index along one axis that each pixel of the crop is taken from; −1 for none. */
function sourceIndices(start: number, count: number, length: number, mode: PaddingMode): Int32Array {
  const index = { constant: inside, edge: nearest, reflect: reflected }[mode];
  return Int32Array.from({ length: count }, (_, i) => index(start + i, length));
}

function inside(position: number, length: number): number {
  return position >= 0 && position < length ? position : -1;
}

function nearest(position: number, length: number): number {
  return Math.min(Math.max(position, 0), length - 1);
}

/** To and fro between the first and the last pixel, so that any distance is defined. */
function reflected(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const phase = ((position % period) + period) % period;
  return phase < length ? phase : period - phase;
}
