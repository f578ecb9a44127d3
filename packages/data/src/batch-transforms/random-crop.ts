import { checker, type RandomStream } from '@loopwright/core';
import { mirrorPad, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { checkImages } from './check-images.ts';
import { takeBoxes } from './take-boxes.ts';

/** Options of {@link randomCrop}. */
export interface BatchCropOptions {
  readonly stream: RandomStream;
  /** Pixels added on every side before cropping. */
  readonly padding: number;
  /** Zeros, which is the default, or the mirror image. */
  readonly paddingMode?: 'constant' | 'reflect';
}

/**
 * Moves each image of a batch by up to `padding` pixels each way: a crop of its own size from the padded image, with the
 * draws and the results of `transforms.randomCrop`.
 *
 * Draws two integers an image; inside a compiled step, at each of its calls. After normalisation zeros are the mean
 * colour, not black.
 *
 * @param images float32 [batch, height, width, channels]; borrowed
 * @returns a tensor of the same shape, which the caller owns
 * @throws LoopwrightError for bad options, by name, for images of another type or rank, and if `padding` is as much as
 * half the image
 * @example
 * const stream = new RandomStream(seed, 'crop');
 * const moved = batchTransforms.randomCrop(images, { stream, padding: 1, paddingMode: 'reflect' });
 */
export function randomCrop(images: Tensor4D, options: BatchCropOptions): Tensor4D {
  const check = checker('data', 'randomCrop');
  const {
    stream,
    padding,
    paddingMode = 'constant',
  } = check.options(options, ['stream', 'padding', 'paddingMode']);
  check.oneOf('paddingMode', paddingMode, ['constant', 'reflect']);
  const [batch, height, width] = checkImages(check, images).shape;
  check.integer('padding', padding, { min: 0, max: Math.floor((Math.min(height, width) - 2) / 2) });
  const reflect = paddingMode === 'reflect';
  const draw = () => (reflect ? 2 * padding : padding) - stream.integer(2 * padding + 1);
  const boxes = () => Array.from({ length: batch }, () => ({ top: draw(), left: draw(), mirrored: false }));
  return tidy(() => {
    const sides: [number, number] = [padding, padding];
    const source = reflect ? mirrorPad(images, [[0, 0], sides, sides, [0, 0]], 'reflect') : images;
    return takeBoxes(source, boxes, [height, width]);
  });
}
