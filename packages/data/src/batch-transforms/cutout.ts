import { checker, type RandomStream } from '@loopwright/core';
import { hostTensor } from '@loopwright/core/tensors';
import { add, mul, reshape, split, sub, type Tensor, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkImages } from './check-images.ts';

/** Options of {@link cutout}. */
export interface BatchCutoutOptions {
  readonly stream: RandomStream;
  /** Side of the square, in pixels. */
  readonly size: number;
  /** Its value in all channels; 0 by default, which after normalisation is the mean colour. */
  readonly fill?: number;
}

/**
 * Paints a square of each image of a batch, whose centre lies anywhere in the image, with the draws and the place of
 * `transforms.cutout`: two integers an image; inside a compiled step, at each of its calls.
 *
 * @param images float32 [batch, height, width, channels], finite; borrowed
 * @returns a tensor of the same shape, which the caller owns
 * @throws LoopwrightError for bad options, by name, and for images of another type or rank
 * @example
 * const cut = batchTransforms.cutout(images, { stream: new RandomStream(seed, 'cutout'), size: 2 });
 */
export function cutout(images: Tensor4D, options: BatchCutoutOptions): Tensor4D {
  const check = checker('data', 'cutout');
  const { stream, size, fill = 0 } = check.options(options, ['stream', 'size', 'fill']);
  check.positiveInteger('size', size);
  check.number('fill', fill);
  const [batch, height, width] = checkImages(check, images).shape;
  // One host tensor for rows and columns: each image's two draws follow one another.
  const spans = () => {
    const data = new Float32Array(batch * (height + width));
    for (let start = 0; start < data.length; start += height + width) {
      mark(data.subarray(start, start + height), stream.integer(height), size);
      mark(data.subarray(start + height, start + height + width), stream.integer(width), size);
    }
    return { dtype: 'float32', shape: [batch, height + width, 1], data } as const;
  };
  return tidy(() => {
    const [rows, columns] = split(hostTensor(spans), [height, width], 1) as [Tensor, Tensor];
    const square = mul(reshape(rows, [batch, height, 1, 1]), reshape(columns, [batch, 1, width, 1]));
    const kept = mul(images, sub(1, square));
    return (fill === 0 ? kept : add(kept, mul(square, fill))) as Tensor4D;
  });
}

/** Ones where the square lies along one axis. */
function mark(axis: Float32Array, centre: number, size: number): void {
  const start = centre - Math.floor(size / 2);
  axis.fill(1, Math.max(0, start), Math.max(0, start + size));
}
