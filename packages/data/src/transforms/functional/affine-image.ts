import type { Image } from '../../dataset.ts';
import { type AffineMotion, type InverseMatrix, inverseAffineMatrix } from './affine-matrix.ts';
import { type Fill, fillColour } from './fill.ts';

/** How pixels between others are made where an image is turned or sheared. */
export type AffineInterpolation = 'nearest' | 'bilinear';

/** Options of {@link affineImage} and {@link rotateImage}. */
export interface AffineSampling {
  /** `'nearest'` by default. */
  readonly interpolation?: AffineInterpolation;
  /** Colour of what is uncovered; 0 by default. */
  readonly fill?: Fill;
}

/**
 * Turns, moves, scales and shears an image about a point; it keeps its size.
 *
 * Follows torchvision's `affine` on tensors, with one departure: next to an uncovered edge its bilinear result with a
 * fill other than black weighs the image twice; here what is outside simply has the fill's colour. Exactly between two
 * pixels `'nearest'` takes the right or lower one.
 *
 * @example
 * const image = { data: Uint8Array.of(1, 2, 3), height: 1, width: 3, channels: 1 };
 * transforms.functional.affineImage(image, { translate: [1, 0] }, { fill: 9 }).data; // [9, 1, 2]
 */
export function affineImage(image: Image, motion: AffineMotion, sampling: AffineSampling = {}): Image {
  return sampleAffine(image, inverseAffineMatrix(motion, image), sampling);
}

/**
 * Turns an image about its centre, or another point; it keeps its size, and its corners are lost.
 *
 * @param degrees counter-clockwise
 * @param center in pixels from the upper left corner
 * @example
 * const image = { data: Uint8Array.of(1, 2, 3, 4), height: 2, width: 2, channels: 1 };
 * transforms.functional.rotateImage(image, 90).data; // [2, 4, 1, 3]
 */
export function rotateImage(
  image: Image,
  degrees: number,
  sampling: AffineSampling = {},
  center?: readonly [x: number, y: number],
): Image {
  const motion = center === undefined ? { angle: -degrees } : { angle: -degrees, center };
  return affineImage(image, motion, sampling);
}

/** Each pixel of the result is the image at the point that the matrix leads to. */
function sampleAffine(
  image: Image,
  matrix: InverseMatrix,
  { interpolation = 'nearest', fill = 0 }: AffineSampling,
): Image {
  const { height, width, channels } = image;
  const data = new Uint8Array(image.data.length);
  // Rounds what is written to it, and halves to the even number, as PyTorch does.
  const target = new Uint8ClampedArray(data.buffer);
  const colour = fillColour(fill, channels);
  const sample = interpolation === 'nearest' ? sampleNearest : sampleBilinear;
  const [a, b, c, d, e, f] = matrix;
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  for (let row = 0; row < height; row++) {
    const y = row - middleY;
    for (let column = 0; column < width; column++) {
      const x = column - middleX;
      const sourceX = a * x + b * y + c + middleX;
      const sourceY = d * x + e * y + f + middleY;
      sample(image, sourceX, sourceY, colour, target, (row * width + column) * channels);
    }
  }
  return { data, height, width, channels };
}

function sampleNearest(
  image: Image,
  x: number,
  y: number,
  fill: Uint8Array,
  target: Uint8ClampedArray,
  at: number,
): void {
  const { data, height, width, channels } = image;
  const column = Math.floor(x + 0.5);
  const row = Math.floor(y + 0.5);
  const inside = row >= 0 && row < height && column >= 0 && column < width;
  const pixels = inside ? data : fill;
  const first = inside ? (row * width + column) * channels : 0;
  for (let channel = 0; channel < channels; channel++) target[at + channel] = pixels[first + channel]!;
}

function sampleBilinear(
  image: Image,
  x: number,
  y: number,
  fill: Uint8Array,
  target: Uint8ClampedArray,
  at: number,
): void {
  const { data, height, width, channels } = image;
  const column = Math.floor(x);
  const row = Math.floor(y);
  const toRight = x - column;
  const toBottom = y - row;
  const left = column >= 0 && column < width;
  const right = column >= -1 && column < width - 1;
  const upper = row >= 0 && row < height;
  const lower = row >= -1 && row < height - 1;
  const first = (row * width + column) * channels;
  const below = first + width * channels;
  for (let channel = 0; channel < channels; channel++) {
    const outside = fill[channel]!;
    const upperLeft = upper && left ? data[first + channel]! : outside;
    const upperRight = upper && right ? data[first + channels + channel]! : outside;
    const lowerLeft = lower && left ? data[below + channel]! : outside;
    const lowerRight = lower && right ? data[below + channels + channel]! : outside;
    const top = upperLeft + (upperRight - upperLeft) * toRight;
    const bottom = lowerLeft + (lowerRight - lowerLeft) * toRight;
    target[at + channel] = top + (bottom - top) * toBottom;
  }
}
