import { hostTensor } from '@loopwright/core/tensors';
import { image, range, type Tensor1D, type Tensor2D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';

/** A rectangle of pixels of one image of a batch. `mirrored` reads it from right to left. */
export interface BatchBox {
  readonly top: number;
  readonly left: number;
  readonly mirrored: boolean;
}

/** By how much boxes are made smaller, in pixels. */
const MARGIN = 0.01;

/**
 * Cuts one rectangle out of each image, in one op that reads nothing back from the device.
 *
 * The op, crop-and-resize, computes positions in floats and takes the nearest pixel. A position that should be that of
 * the last pixel must not end up past it by rounding, so boxes shrink by a margin that rounding does not reach and that
 * does not change which pixel is nearest.
 *
 * @param draw the boxes, one an image; called again at each replay of a compiled step
 * @param size of the boxes
 * @param fill what lies outside the images. A box may reach outside by less than half its own size
 */
export function takeBoxes(
  images: Tensor4D,
  draw: () => readonly BatchBox[],
  [height, width]: readonly [number, number],
  fill = 0,
): Tensor4D {
  const [batch, rows, columns] = images.shape;
  return tidy(() => {
    const boxes = hostTensor(() => {
      const data = new Float32Array(4 * batch);
      for (const [index, { top, left, mirrored }] of draw().entries()) {
        const [y1, y2] = ends(top, height, rows);
        const [x1, x2] = ends(left, width, columns);
        data.set(mirrored ? [y1, x2, y2, x1] : [y1, x1, y2, x2], 4 * index);
      }
      return { dtype: 'float32', shape: [batch, 4], data };
    }) as Tensor2D;
    const each = range(0, batch, 1, 'int32') as Tensor1D;
    return image.cropAndResize(images, boxes, each, [height, width], 'nearest', fill);
  });
}

/** The first and the last pixel of a box along one axis, as shares of the way from the image's first to its last. */
function ends(start: number, count: number, length: number): readonly [number, number] {
  const whole = Math.max(1, length - 1);
  const margin = count === 1 ? 0 : MARGIN;
  return [(start + margin) / whole, (start + count - 1 - margin) / whole];
}
