import { checker } from '@loopwright/core';
import type { AffineSampling } from './functional/affine-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { applyOperation, drawSign, readSampling } from './policies/apply-operation.ts';
import { randAugmentSpace } from './policies/magnitudes.ts';
import type { OperationName } from './policies/operations.ts';

/** Options of {@link randAugment}. */
export interface RandAugmentOptions extends AffineSampling {
  /** Operations applied one after another; 2 by default. */
  readonly numOps?: number;
  /** Level of all operations, from 0 to `numMagnitudeBins` − 1; 9 by default. */
  readonly magnitude?: number;
  /** Levels; 31 by default. */
  readonly numMagnitudeBins?: number;
}

const NAMES = Object.keys(randAugmentSpace) as OperationName[];

/**
 * Applies `numOps` operations drawn from 14, all at one level (torchvision's `RandAugment`; Cubuk et al. 2020).
 *
 * Draws an integer and a number for each: the operation, and its sign.
 *
 * @throws LoopwrightError for bad options, by name; when called, if the image has neither 1 nor 3 channels
 * @example
 * const augment = transforms.randAugment({ numOps: 2, magnitude: 9 });
 * const image = augment(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function randAugment(options: RandAugmentOptions = {}): ImageTransform {
  const check = checker('data', 'randAugment');
  const {
    numOps = 2,
    magnitude = 9,
    numMagnitudeBins = 31,
    ...rest
  } = check.options(options, ['numOps', 'magnitude', 'numMagnitudeBins', 'interpolation', 'fill']);
  check.integer('numOps', numOps, { min: 0 });
  check.integer('numMagnitudeBins', numMagnitudeBins, { min: 2 });
  check.integer('magnitude', magnitude, { min: 0, max: numMagnitudeBins - 1 });
  const sampling = readSampling(check, rest);
  return describeTransform('randAugment', options, (image, stream) => {
    let result = image;
    for (let count = 0; count < numOps; count++) {
      const operation = NAMES[stream.integer(NAMES.length)]!;
      const strength = { level: magnitude, levels: numMagnitudeBins, negated: drawSign(stream) };
      result = applyOperation(result, operation, randAugmentSpace, strength, sampling);
    }
    return result;
  });
}
