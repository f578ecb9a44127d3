import { checker } from '@loopwright/core';
import { type AffineSampling, rotateImage } from './functional/affine-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { type Range, readCenter, readFill, readRangeAround } from './options.ts';

/** Options of {@link randomRotation}. */
export interface RandomRotationOptions extends AffineSampling {
  /** Counter-clockwise; x draws from −x to x. */
  readonly degrees: number | Range;
  /** What stays where it is, in pixels from the upper left corner; the image's centre by default. */
  readonly center?: readonly [x: number, y: number];
}

/** The interpolations of rotations and shears by name. */
export const AFFINE_INTERPOLATIONS = ['nearest', 'bilinear'] as const;

/**
 * Turns images by a random angle; they keep their size (torchvision's `RandomRotation` without `expand`). Draws one
 * number.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const rotate = transforms.randomRotation({ degrees: 15, interpolation: 'bilinear' });
 * const image = rotate(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function randomRotation(options: RandomRotationOptions): ImageTransform {
  const check = checker('data', 'randomRotation');
  const {
    degrees,
    interpolation = 'nearest',
    fill = 0,
    center,
  } = check.options(options, ['degrees', 'interpolation', 'fill', 'center']);
  const range = readRangeAround(check, 'degrees', degrees);
  check.oneOf('interpolation', interpolation, AFFINE_INTERPOLATIONS);
  readFill(check, 'fill', fill);
  readCenter(check, center);
  return describeTransform('randomRotation', options, (image, stream) =>
    rotateImage(image, stream.uniform(...range), { interpolation, fill }, center),
  );
}
