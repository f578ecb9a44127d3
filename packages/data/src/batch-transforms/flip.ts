import { checker, type RandomStream } from '@loopwright/core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { isFlipped } from '../transforms/alternating-flip.ts';
import type { SamplePlace } from '../transforms/image-transform.ts';
import { checkImages } from './check-images.ts';
import { takeBoxes } from './take-boxes.ts';

/**
 * Mirrors each image of a batch left to right with probability `p`, 0.5 by default.
 *
 * Draws a number an image; inside a compiled step, at each of its calls.
 *
 * @param images float32 [batch, height, width, channels]; borrowed
 * @returns a tensor of the same shape, which the caller owns
 * @throws LoopwrightError for bad options, by name, and for images of another type or rank
 * @example
 * const stream = new RandomStream(seed, 'flip');
 * const flipped = batchTransforms.randomHorizontalFlip(images, { stream });
 */
export function randomHorizontalFlip(
  images: Tensor4D,
  options: { readonly stream: RandomStream; readonly p?: number },
): Tensor4D {
  const check = checker('data', 'randomHorizontalFlip');
  const { stream, p = 0.5 } = check.options(options, ['stream', 'p']);
  check.number('p', p, { min: 0, max: 1 });
  const { shape } = checkImages(check, images);
  return mirrorWhere(images, () => Array.from({ length: shape[0] }, () => stream.uniform() < p));
}

/**
 * Mirrors a random half of the images in even epochs, the other half in odd ones (airbench's alternating flip); the same
 * images as `transforms.alternatingFlip` of the same seed.
 *
 * @param images float32 [batch, height, width, channels]; borrowed
 * @param options `places`: epoch and index of each image of the batch; called at each call of a compiled step
 * @returns a tensor of the same shape, which the caller owns
 * @throws LoopwrightError for bad options, by name, and for images of another type or rank
 * @example
 * const places = () => [0, 1, 2, 3, 4, 5].map((index) => ({ epoch, index }));
 * const flipped = batchTransforms.alternatingFlip(images, { places });
 */
export function alternatingFlip(
  images: Tensor4D,
  options: { readonly places: () => readonly SamplePlace[]; readonly seed?: number },
): Tensor4D {
  const check = checker('data', 'alternatingFlip');
  const { places, seed = 0 } = check.options(options, ['places', 'seed']);
  check.func('places', places);
  check.integer('seed', seed);
  const [batch] = checkImages(check, images).shape;
  return mirrorWhere(images, () => {
    const all = places();
    if (all.length !== batch) check.fail(`places must give ${batch} places, one an image, got ${all.length}`);
    return all.map((place) => isFlipped(seed, place));
  });
}

function mirrorWhere(images: Tensor4D, draw: () => readonly boolean[]): Tensor4D {
  const [, height, width] = images.shape;
  const boxes = () => draw().map((mirrored) => ({ top: 0, left: 0, mirrored }));
  return takeBoxes(images, boxes, [height, width]);
}
