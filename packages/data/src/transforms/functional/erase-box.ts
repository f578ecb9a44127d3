import type { Image } from '../../dataset.ts';
import { type Fill, fillColour } from './fill.ts';
import type { Box } from './resize-image.ts';

/**
 * Paints a rectangle with one colour, or with bytes drawn one by one.
 *
 * @param box may reach past the image's edges
 * @param paint a colour, or what draws each byte from 0 to 255, row by row
 * @example
 * const image = { data: Uint8Array.of(1, 2, 3), height: 1, width: 3, channels: 1 };
 * transforms.functional.eraseBox(image, { top: 0, left: 1, height: 1, width: 5 }, 0).data; // [1, 0, 0]
 */
export function eraseBox(image: Image, box: Box, paint: Fill | (() => number)): Image {
  const { height, width, channels } = image;
  const data = image.data.slice();
  const colour = typeof paint === 'function' ? undefined : fillColour(paint, channels);
  const draw = typeof paint === 'function' ? paint : () => 0;
  const [left, right] = [Math.max(0, box.left), Math.min(width, box.left + box.width)];
  for (let row = Math.max(0, box.top); row < Math.min(height, box.top + box.height); row++) {
    const start = (row * width + left) * channels;
    for (let i = 0; i < (right - left) * channels; i++) {
      data[start + i] = colour === undefined ? draw() : colour[i % channels]!;
    }
  }
  return { ...image, data };
}
