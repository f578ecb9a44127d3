import { checker } from '@loopwright/core';
import { eraseBox } from './functional/erase-box.ts';
import type { Fill } from './functional/fill.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { readFill } from './options.ts';

/** Options of {@link cutout}. */
export interface CutoutOptions {
  /** Side of the square, in pixels. */
  readonly size: number;
  /** Its colour; 0 by default. */
  readonly fill?: Fill;
}

/**
 * Paints a square whose centre lies anywhere in the image; what reaches past the edges is lost (DeVries and Taylor
 * 2017). Draws two integers: the centre's row and column.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const cut = transforms.cutout({ size: 2, fill: 128 });
 * const image = cut(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function cutout(options: CutoutOptions): ImageTransform {
  const check = checker('data', 'cutout');
  const { size, fill = 0 } = check.options(options, ['size', 'fill']);
  check.positiveInteger('size', size);
  readFill(check, 'fill', fill);
  return describeTransform('cutout', options, (image, stream) => {
    const top = stream.integer(image.height) - Math.floor(size / 2);
    const left = stream.integer(image.width) - Math.floor(size / 2);
    return eraseBox(image, { top, left, height: size, width: size }, fill);
  });
}
