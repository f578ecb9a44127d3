import { checker } from '@loopwright/core';
import { reverse, type Tensor4D, tidy, transpose } from '@tensorflow/tfjs-core';
import type { View } from './view.ts';

const height = 1;
const width = 2;

/** The images as they are. */
export const identity: View = {
  name: 'identity',
  apply: (images) => images,
  invert: (outputs) => outputs,
};

/** Left and right exchanged. */
export const horizontalFlip: View = {
  name: 'horizontalFlip',
  apply: (images) => reverse(images, width),
  invert: (outputs) => reverse(outputs, width),
};

/** Top and bottom exchanged. */
export const verticalFlip: View = {
  name: 'verticalFlip',
  apply: (images) => reverse(images, height),
  invert: (outputs) => reverse(outputs, height),
};

/**
 * Images turned counter-clockwise by `turns` quarters, as `numpy.rot90` turns them; an odd number exchanges height and width.
 *
 * @param turns an integer; negative ones turn clockwise
 * @throws LoopwrightError if it is no integer
 * @example
 * const quarters = [0, 1, 2, 3].map(views.rotate90);
 * views.rotate90(1).apply(tf.tensor4d([[[[1], [2]], [[3], [4]]]])); // [[[[2], [4]], [[1], [3]]]]
 */
export function rotate90(turns: number): View {
  checker('tta', 'views.rotate90').integer('turns', turns);
  return {
    name: `rotate90(${turns})`,
    apply: (images) => turn(images, turns),
    invert: (outputs) => turn(outputs, -turns),
  };
}

function turn(images: Tensor4D, turns: number): Tensor4D {
  const exchanged = () => transpose(images, [0, width, height, 3]);
  switch (((turns % 4) + 4) % 4) {
    case 1:
      return tidy(() => reverse(exchanged(), height));
    case 2:
      return reverse(images, [height, width]);
    case 3:
      return tidy(() => reverse(exchanged(), width));
    default:
      return images;
  }
}
