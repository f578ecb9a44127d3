import { checker, show } from '@loopwright/core';
import { mirrorPad, pad, slice, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { View } from './view.ts';

export interface TranslateOptions {
  /** What comes in from outside: the image mirrored at its border (default), or zeros. */
  readonly fill?: 'reflect' | 'zeros';
}

const check = checker('tta', 'views.translate');

/**
 * Images shifted by whole pixels, at their size.
 *
 * The inverse shifts dense outputs back. What was shifted out of the image has no prediction, so the inverse fills that strip
 * like the view fills its own: from the predictions beside it.
 *
 * @param dx columns; the content moves right where it is positive
 * @param dy rows; the content moves down where it is positive
 * @throws LoopwrightError if a shift is no integer, an option is unknown, or, when applied, if the images are no larger
 *   than the shift
 * @example
 * const upAndRight = views.translate(1, -1); // by a pixel, mirrored at the left and bottom borders
 * views.translate(1, 0, { fill: 'zeros' }).apply(tf.tensor4d([[[[1], [2], [3]]]])); // [[[[0], [1], [2]]]]
 */
export function translate(dx: number, dy: number, options: TranslateOptions = {}): View {
  check.integer('dx', dx);
  check.integer('dy', dy);
  const { fill = 'reflect' } = check.options(options, ['fill']);
  check.oneOf('fill', fill, ['reflect', 'zeros']);
  return {
    name: `translate(${dx}, ${dy})`,
    apply: (images) => shift(images, dx, dy, fill),
    invert: (outputs) => shift(outputs, -dx, -dy, fill),
  };
}

function shift(images: Tensor4D, dx: number, dy: number, fill: 'reflect' | 'zeros'): Tensor4D {
  if (dx === 0 && dy === 0) return images;
  const [, height, width] = images.shape;
  if (Math.abs(dx) >= width || Math.abs(dy) >= height) {
    check.fail(`a shift by (${dx}, ${dy}) needs larger images, got ${show(images)}`);
  }
  const paddings = [[0, 0], around(dy), around(dx), [0, 0]] as [number, number][];
  return tidy(() => {
    const padded = fill === 'reflect' ? mirrorPad(images, paddings, 'reflect') : pad(images, paddings);
    return slice(padded, [0, Math.max(-dy, 0), Math.max(-dx, 0), 0], images.shape);
  });
}

/** The padding before and after that lets an axis shift. */
function around(by: number): [number, number] {
  return [Math.max(by, 0), Math.max(-by, 0)];
}
