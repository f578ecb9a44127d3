import { checker } from '@loopwright/core';
import type { AffineSampling } from './functional/affine-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { applyOperation, drawSign, readSampling } from './policies/apply-operation.ts';
import { trivialAugmentWideSpace } from './policies/magnitudes.ts';
import type { OperationName } from './policies/operations.ts';

/** Options of {@link trivialAugmentWide}. */
export interface TrivialAugmentWideOptions extends AffineSampling {
  /** Levels; 31 by default. */
  readonly numMagnitudeBins?: number;
}

const NAMES = Object.keys(trivialAugmentWideSpace) as OperationName[];

/**
 * Applies one operation of 14 at one of 31 levels, both drawn evenly; there is nothing to tune (torchvision's
 * `TrivialAugmentWide`; Müller and Hutter 2021).
 *
 * Draws two integers and a number: the operation, its level, and its sign.
 *
 * @throws LoopwrightError for bad options, by name; when called, if the image has neither 1 nor 3 channels
 * @example
 * const augment = transforms.trivialAugmentWide({ interpolation: 'bilinear' });
 * const image = augment(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function trivialAugmentWide(options: TrivialAugmentWideOptions = {}): ImageTransform {
  const check = checker('data', 'trivialAugmentWide');
  const { numMagnitudeBins = 31, ...rest } = check.options(options, [
    'numMagnitudeBins',
    'interpolation',
    'fill',
  ]);
  check.integer('numMagnitudeBins', numMagnitudeBins, { min: 2 });
  const sampling = readSampling(check, rest);
  return describeTransform('trivialAugmentWide', options, (image, stream) => {
    const operation = NAMES[stream.integer(NAMES.length)]!;
    const level = stream.integer(numMagnitudeBins);
    const strength = { level, levels: numMagnitudeBins, negated: drawSign(stream) };
    return applyOperation(image, operation, trivialAugmentWideSpace, strength, sampling);
  });
}
