import { type Checker, checker, type RandomStream } from '@loopwright/core';
import type { Image } from '../../dataset.ts';
import type { AffineInterpolation, AffineSampling } from '../functional/affine-image.ts';
import { readFill } from '../options.ts';
import { AFFINE_INTERPOLATIONS } from '../random-rotation.ts';
import type { AugmentationSpace } from './magnitudes.ts';
import { type OperationName, operations } from './operations.ts';

/** How strong: the level of so many, and what negates it half of the time. */
interface Strength {
  readonly level: number;
  readonly levels: number;
  readonly negated: boolean;
}

/** Draws whether a magnitude is negated; also where it has no sign, so that the draws stay the same. */
export function drawSign(stream: RandomStream): boolean {
  return stream.uniform() < 0.5;
}

/** Applies one operation of a space. */
export function applyOperation(
  image: Image,
  name: OperationName,
  space: AugmentationSpace,
  { level, levels, negated }: Strength,
  sampling: AffineSampling,
): Image {
  const magnitude = space[name];
  if (magnitude === undefined)
    return checker('data', 'applyOperation').fail(`there is no ${name} in this space`);
  const size = magnitude.at(level, levels, image);
  return operations[name](image, magnitude.signed && negated ? -size : size, sampling);
}

/** Checks the options that all policies share. */
export function readSampling(
  check: Checker,
  { interpolation = 'nearest', fill = 0 }: AffineSampling,
): Required<AffineSampling> {
  check.oneOf<AffineInterpolation>('interpolation', interpolation, AFFINE_INTERPOLATIONS);
  return { interpolation, fill: readFill(check, 'fill', fill) };
}
