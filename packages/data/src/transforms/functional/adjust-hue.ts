import type { Image } from '../../dataset.ts';
import { checkColours } from './luminance.ts';

/** PyTorch's scale from 0 … 1 to a byte: just below 256, then truncated. */
const TO_BYTE = 255 + 1 - 1e-3;

/**
 * Turns the hue of each pixel around the colour circle, in HSV space (torchvision's `adjust_hue`). A grey image stays
 * as it is.
 *
 * @param shift in turns, from −0.5 to 0.5
 * @throws LoopwrightError if the image has neither 1 nor 3 channels
 * @example
 * const red = { data: Uint8Array.of(255, 0, 0), height: 1, width: 1, channels: 3 };
 * transforms.functional.adjustHue(red, 1 / 3).data; // [0, 255, 0]
 */
export function adjustHue(image: Image, shift: number): Image {
  checkColours('adjustHue', image);
  if (image.channels === 1) return image;
  const { data } = image;
  const result = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const red = data[at]! / 255;
    const green = data[at + 1]! / 255;
    const blue = data[at + 2]! / 255;
    const value = Math.max(red, green, blue);
    const range = value - Math.min(red, green, blue);
    const turned = hue(red, green, blue, value, range) + shift;
    const sextant = (turned - Math.floor(turned)) * 6;
    const whole = Math.floor(sextant);
    const part = sextant - whole;
    // The three levels that a colour of this value and saturation is made of, besides the value itself.
    const low = (value - range) * TO_BYTE;
    const falling = (value - range * part) * TO_BYTE;
    const rising = (value - range * (1 - part)) * TO_BYTE;
    const high = value * TO_BYTE;
    result[at] = levelOf((whole + 4) % 6, low, falling, rising, high);
    result[at + 1] = levelOf((whole + 2) % 6, low, falling, rising, high);
    result[at + 2] = levelOf(whole % 6, low, falling, rising, high);
  }
  return { ...image, data: result };
}

/** In turns, from −1/6 on; 0 is red. */
function hue(red: number, green: number, blue: number, value: number, range: number): number {
  if (range === 0) return 0;
  if (value === red) return (green - blue) / range / 6;
  if (value === green) return (2 + (blue - red) / range) / 6;
  return (4 + (red - green) / range) / 6;
}

/** The level of blue in each sextant of the circle, from red on; red and green are the same, turned. */
function levelOf(sextant: number, low: number, falling: number, rising: number, high: number): number {
  if (sextant < 2) return low;
  if (sextant === 2) return rising;
  return sextant === 5 ? falling : high;
}
