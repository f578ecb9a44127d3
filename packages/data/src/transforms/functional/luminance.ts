import { checker } from '@loopwright/core';
import type { Image } from '../../dataset.ts';

/** Shares of red, green and blue, as torchvision has them. They sum to 0.9999: white becomes 254. */
const [RED, GREEN, BLUE] = [0.2989, 0.587, 0.114];

/** The brightness of each pixel, a byte each; of a grey image its own values. */
export function luminance(image: Image): Uint8Array {
  const { data, channels, height, width } = image;
  if (channels === 1) return data;
  const result = new Uint8Array(height * width);
  for (let pixel = 0, at = 0; pixel < result.length; pixel++, at += 3) {
    result[pixel] = RED * data[at]! + GREEN * data[at + 1]! + BLUE * data[at + 2]!;
  }
  return result;
}

/** Refuses images that are neither grey nor red, green and blue. */
export function checkColours(subject: string, { channels }: Image): void {
  if (channels === 1 || channels === 3) return;
  checker('data', subject).fail(`image must have 1 or 3 channels, got ${channels}`);
}
