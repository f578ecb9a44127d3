import { checker, type RandomStream } from '@loopwright/core';
import { eraseBox } from './functional/erase-box.ts';
import type { Fill } from './functional/fill.ts';
import type { Box, Size } from './functional/resize-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { type Range, readFill, readProbability, readRange } from './options.ts';
import { roundHalfEven } from './rounding.ts';

/** Options of {@link randomErasing}. */
export interface RandomErasingOptions {
  /** Probability; 0.5 by default. */
  readonly p?: number;
  /** The rectangle's share of the image's area; from 0.02 to 0.33 by default. */
  readonly scale?: Range;
  /** The rectangle's height over its width; from 0.3 to 3.3 by default. */
  readonly ratio?: Range;
  /** Its colour, or `'random'` for bytes drawn one by one; 0 by default. */
  readonly value?: Fill | 'random';
}

const TRIES = 10;

/**
 * Paints a rectangle of random area and proportions with probability `p` (torchvision's `RandomErasing`; Zhong et al.
 * 2017). It works on bytes, so 0 is black, and `'random'` draws evenly from all bytes; torchvision's is usually applied
 * after normalisation, where 0 is the mean colour: give the mean as `value` for that.
 *
 * Draws a number for `p`; then two numbers a try, area and logarithm of the proportions, and, if that rectangle is
 * smaller than the image, two integers more, its top and left, and with `'random'` an integer a byte. After ten tries
 * that did not fit the image stays as it is.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const erase = transforms.randomErasing({ p: 0.25, value: 'random' });
 * const image = erase(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function randomErasing(options: RandomErasingOptions = {}): ImageTransform {
  const check = checker('data', 'randomErasing');
  const {
    p = 0.5,
    scale = [0.02, 0.33],
    ratio = [0.3, 3.3],
    value = 0,
  } = check.options(options, ['p', 'scale', 'ratio', 'value']);
  readProbability(check, p);
  readRange(check, 'scale', scale, { min: 0, max: 1 });
  readRange(check, 'ratio', ratio, { above: 0 });
  if (value !== 'random') readFill(check, 'value', value);
  return describeTransform('randomErasing', options, (image, stream) => {
    const box = stream.uniform() < p ? drawBox(image, stream, scale, ratio) : undefined;
    if (box === undefined) return image;
    return eraseBox(image, box, value === 'random' ? () => stream.integer(256) : value);
  });
}

function drawBox(image: Size, stream: RandomStream, scale: Range, ratio: Range): Box | undefined {
  const [least, greatest] = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const area = image.height * image.width * stream.uniform(...scale);
    const proportions = Math.exp(stream.uniform(least, greatest));
    const height = roundHalfEven(Math.sqrt(area * proportions));
    const width = roundHalfEven(Math.sqrt(area / proportions));
    if (height >= image.height || width >= image.width) continue;
    const top = stream.integer(image.height - height + 1);
    const left = stream.integer(image.width - width + 1);
    return { top, left, height, width };
  }
  return undefined;
}
