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
  let written = 0;
  for (let row = 0; row < height; row++) {
    for (let source = (row + 1) * stride - channels; source >= row * stride; source -= channels) {
      for (let channel = 0; channel < channels; channel++) result[written++] = data[source + channel]!;
    }
  }
  return { data: result, height, width, channels };
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
