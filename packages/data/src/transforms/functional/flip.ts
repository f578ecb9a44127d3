import type { Image } from '../../dataset.ts';

/**
 * Mirrors an image left to right.
 *
 * @example
 * const image = { data: Uint8Array.of(1, 2, 3), height: 1, width: 3, channels: 1 };
 * transforms.functional.flipHorizontally(image).data; // [3, 2, 1]
 */
export function flipHorizontally({ data, height, width, channels }: Image): Image {
  const result = new Uint8Array(data.length);
  const stride = width * channels;
  for (let row = 0; row < height; row++) {
    const [first, end] = [row * stride, (row + 1) * stride];
    if (channels === 3) reverseColours(data, result, first, end);
    else reversePixels(data, result, first, end, channels);
  }
  return { data: result, height, width, channels };
}

/** The case that is worth a loop of its own, without a count of channels. */
function reverseColours(source: Uint8Array, target: Uint8Array, first: number, end: number): void {
  for (let from = end - 3, to = first; to < end; from -= 3, to += 3) {
    target[to] = source[from]!;
    target[to + 1] = source[from + 1]!;
    target[to + 2] = source[from + 2]!;
  }
}

function reversePixels(
  source: Uint8Array,
  target: Uint8Array,
  first: number,
  end: number,
  channels: number,
): void {
  for (let from = end - channels, to = first; to < end; from -= channels, to += channels) {
    for (let channel = 0; channel < channels; channel++) target[to + channel] = source[from + channel]!;
  }
}

/**
 * Turns an image upside down.
 *
 * @example
 * const image = { data: Uint8Array.of(1, 2, 3), height: 3, width: 1, channels: 1 };
 * transforms.functional.flipVertically(image).data; // [3, 2, 1]
 */
export function flipVertically({ data, height, width, channels }: Image): Image {
  const result = new Uint8Array(data.length);
  const stride = width * channels;
  for (let row = 0; row < height; row++) {
    result.set(data.subarray(row * stride, (row + 1) * stride), (height - 1 - row) * stride);
  }
  return { data: result, height, width, channels };
}
