import { checker } from '@loopwright/core';
import type { Image } from '../dataset.ts';
import { flipHorizontally, flipVertically } from './functional/flip.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { readProbability } from './options.ts';

/** Options of {@link randomHorizontalFlip} and {@link randomVerticalFlip}. */
export interface RandomFlipOptions {
  /** Probability; 0.5 by default. */
  readonly p?: number;
}

/**
 * Mirrors images left to right with probability `p` (torchvision's `RandomHorizontalFlip`). Draws one number.
 *
 * @throws LoopwrightError if `p` is not between 0 and 1
 * @example
 * const flip = transforms.randomHorizontalFlip({ p: 1 });
 * const image = { data: Uint8Array.of(1, 2, 3), height: 1, width: 3, channels: 1 };
 * flip(image, new RandomStream(seed)).data; // [3, 2, 1]
 */
export function randomHorizontalFlip(options: RandomFlipOptions = {}): ImageTransform {
  return randomFlip('randomHorizontalFlip', options, flipHorizontally);
}

/**
 * Turns images upside down with probability `p` (torchvision's `RandomVerticalFlip`). Draws one number.
 *
 * @throws LoopwrightError if `p` is not between 0 and 1
 * @example
 * const flip = transforms.randomVerticalFlip({ p: 1 });
 * const image = { data: Uint8Array.of(1, 2, 3), height: 3, width: 1, channels: 1 };
 * flip(image, new RandomStream(seed)).data; // [3, 2, 1]
 */
export function randomVerticalFlip(options: RandomFlipOptions = {}): ImageTransform {
  return randomFlip('randomVerticalFlip', options, flipVertically);
}

function randomFlip(name: string, options: RandomFlipOptions, flip: (image: Image) => Image): ImageTransform {
  const check = checker('data', name);
  const { p = 0.5 } = check.options(options, ['p']);
  readProbability(check, p);
  return describeTransform(name, options, (image, stream) => (stream.uniform() < p ? flip(image) : image));
}
