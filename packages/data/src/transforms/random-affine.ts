import { type Checker, checker, show } from '@loopwright/core';
import { type AffineSampling, affineImage } from './functional/affine-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { pair, type Range, readCenter, readFill, readRange, readRangeAround } from './options.ts';
import { AFFINE_INTERPOLATIONS } from './random-rotation.ts';
import { roundHalfEven } from './rounding.ts';

/** Options of {@link randomAffine}. */
export interface RandomAffineOptions extends AffineSampling {
  /** Clockwise; x draws from −x to x. 0 for no rotation. */
  readonly degrees: number | Range;
  /** Greatest translations, to the side and down, as shares of the image's size. */
  readonly translate?: readonly [x: number, y: number];
  /** Range of the scale. */
  readonly scale?: Range;
  /** Degrees along x: a number for −x to x, a range, or ranges along x and y in one list of four. */
  readonly shear?: number | Range | readonly [number, number, number, number];
  /** What stays where it is, in pixels from the upper left corner; the image's centre by default. */
  readonly center?: readonly [x: number, y: number];
}

const OPTIONS = ['degrees', 'translate', 'scale', 'shear', 'center', 'interpolation', 'fill'] as const;

/**
 * Turns, moves, scales and shears images by random amounts about a point (torchvision's `RandomAffine`).
 *
 * Draws six numbers, those of what is left out too: angle, translations to the side and down, which are rounded to
 * whole pixels, scale, and shears along x and y.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const affine = transforms.randomAffine({ degrees: 10, translate: [0.1, 0.1], scale: [0.9, 1.1], shear: 5 });
 * const image = affine(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function randomAffine(options: RandomAffineOptions): ImageTransform {
  const check = checker('data', 'randomAffine');
  const {
    degrees,
    translate = [0, 0],
    scale = [1, 1],
    shear = 0,
    center,
    interpolation = 'nearest',
    fill = 0,
  } = check.options(options, OPTIONS);
  const angles = readRangeAround(check, 'degrees', degrees);
  for (const share of pair(check, 'translate', translate))
    check.number('translate', share, { min: 0, max: 1 });
  readRange(check, 'scale', scale, { above: 0 });
  const [shearX, shearY] = readShear(check, shear);
  readCenter(check, center);
  check.oneOf('interpolation', interpolation, AFFINE_INTERPOLATIONS);
  readFill(check, 'fill', fill);
  return describeTransform('randomAffine', options, (image, stream) => {
    const angle = stream.uniform(...angles);
    const farX = translate[0] * image.width;
    const farY = translate[1] * image.height;
    const moved = [
      roundHalfEven(stream.uniform(-farX, farX)),
      roundHalfEven(stream.uniform(-farY, farY)),
    ] as const;
    const factor = stream.uniform(...scale);
    const slant = [stream.uniform(...shearX), stream.uniform(...shearY)] as const;
    const motion = { angle, translate: moved, scale: factor, shear: slant };
    return affineImage(image, center === undefined ? motion : { ...motion, center }, { interpolation, fill });
  });
}

function readShear(check: Checker, shear: NonNullable<RandomAffineOptions['shear']>): [Range, Range] {
  const none: Range = [0, 0];
  if (typeof shear === 'number') return [readRangeAround(check, 'shear', shear), none];
  const [lowX, highX, lowY = 0, highY = 0] = shear as readonly number[];
  if (shear.length !== 2 && shear.length !== 4) {
    check.fail(`shear must be a number or a list of two or four, got ${show(shear)}`);
  }
  return [
    readRange(check, 'shear', [lowX as number, highX as number]),
    readRange(check, 'shear', [lowY, highY]),
  ];
}
