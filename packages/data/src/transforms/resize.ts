import { checker } from '@loopwright/core';
import { type Interpolation, resizeImage, type Size } from './functional/resize-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { readSize } from './options.ts';

/** Options of {@link resize}. */
export interface ResizeOptions {
  /** A number is the length of the shorter side; the other keeps the proportions. Two are height and width. */
  readonly size: number | readonly [height: number, width: number];
  /** `'bilinear'` by default; all but `'nearest'` with antialiasing. */
  readonly interpolation?: Interpolation;
  /** Of the longer side, where `size` is one number. */
  readonly maxSize?: number;
}

/** The interpolations by name. */
export const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic'] as const;

/**
 * Resizes images (torchvision's `Resize`), to the very bytes that Pillow gives before its version 13, which sometimes
 * takes columns first. It draws nothing.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const { image } = dataset.get(0);
 * const smaller = transforms.resize({ size: 2 })(image, new RandomStream(seed));
 * smaller.height; // 2
 */
export function resize(options: ResizeOptions): ImageTransform {
  const check = checker('data', 'resize');
  const {
    size,
    interpolation = 'bilinear',
    maxSize = Infinity,
  } = check.options(options, ['size', 'interpolation', 'maxSize']);
  const target = readSize(check, 'size', size);
  check.oneOf('interpolation', interpolation, INTERPOLATIONS);
  if (maxSize !== Infinity) check.integer('maxSize', maxSize, { min: target.height + 1 });
  const fixed = typeof size !== 'number';
  if (fixed && maxSize !== Infinity) check.fail('maxSize needs a size of one number');
  return describeTransform('resize', options, (image) => {
    const result = fixed ? target : fitShorterSide(image, target.height, maxSize);
    const same = result.height === image.height && result.width === image.width;
    return same ? image : resizeImage(image, result, interpolation);
  });
}

function fitShorterSide({ height, width }: Size, shorter: number, maxSize: number): Size {
  const [least, greatest] = [Math.min(height, width), Math.max(height, width)];
  const longer = Math.trunc((shorter * greatest) / least);
  const [low, high] =
    longer > maxSize ? [Math.max(1, Math.trunc((maxSize * shorter) / longer)), maxSize] : [shorter, longer];
  return width <= height ? { height: high, width: low } : { height: low, width: high };
}
