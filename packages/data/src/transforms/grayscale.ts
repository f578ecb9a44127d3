import { checker } from '@loopwright/core';
import { toGrayscale } from './functional/to-grayscale.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { readProbability } from './options.ts';

/**
 * Takes the colour out of images (torchvision's `Grayscale`). It draws nothing.
 *
 * @param options `numOutputChannels`: 1 by default, or 3 for a grey image in three channels
 * @throws LoopwrightError for bad options, by name; when called, if the image has neither 1 nor 3 channels
 * @example
 * transforms.grayscale()(dataset.get(0).image, new RandomStream(seed)).channels; // 1
 */
export function grayscale(options: { readonly numOutputChannels?: 1 | 3 } = {}): ImageTransform {
  const check = checker('data', 'grayscale');
  const { numOutputChannels = 1 } = check.options(options, ['numOutputChannels']);
  if (numOutputChannels !== 1 && numOutputChannels !== 3) {
    check.fail(`numOutputChannels must be 1 or 3, got ${numOutputChannels}`);
  }
  return describeTransform('grayscale', options, (image) => toGrayscale(image, numOutputChannels));
}

/**
 * Takes the colour out of images with probability `p`, 0.1 by default; they keep their channels (torchvision's
 * `RandomGrayscale`). Draws one number.
 *
 * @throws LoopwrightError if `p` is not between 0 and 1; when called, if the image has neither 1 nor 3 channels
 * @example
 * transforms.randomGrayscale({ p: 1 })(dataset.get(0).image, new RandomStream(seed)).channels; // 3
 */
export function randomGrayscale(options: { readonly p?: number } = {}): ImageTransform {
  const check = checker('data', 'randomGrayscale');
  const { p = 0.1 } = check.options(options, ['p']);
  readProbability(check, p);
  return describeTransform('randomGrayscale', options, (image, stream) =>
    stream.uniform() < p ? toGrayscale(image, image.channels === 1 ? 1 : 3) : image,
  );
}
