import { checker, type RandomStream } from '@loopwright/core';
import { type Box, type Interpolation, resizeImage, type Size } from './functional/resize-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { type Range, readRange, readSize, type SizeOption } from './options.ts';
import { INTERPOLATIONS } from './resize.ts';
import { roundHalfEven } from './rounding.ts';

/** Options of {@link randomResizedCrop}. */
export interface RandomResizedCropOptions {
  /** Of the result. */
  readonly size: SizeOption;
  /** The crop's share of the image's area; from 0.08 to 1 by default. */
  readonly scale?: Range;
  /** The crop's width over its height; from 3/4 to 4/3 by default. */
  readonly ratio?: Range;
  /** `'bilinear'` by default; all but `'nearest'` with antialiasing. */
  readonly interpolation?: Interpolation;
}

const TRIES = 10;

/**
 * Cuts out a rectangle of random area and proportions and resizes it (torchvision's `RandomResizedCrop`).
 *
 * Draws two numbers a try, area and logarithm of the proportions, and, if that rectangle fits into the image, two
 * integers more: its top and its left. After ten tries that did not fit it takes the middle of the image.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const crop = transforms.randomResizedCrop({ size: 2, scale: [0.35, 1] });
 * crop(dataset.get(0).image, new RandomStream(seed)).width; // 2
 */
export function randomResizedCrop(options: RandomResizedCropOptions): ImageTransform {
  const check = checker('data', 'randomResizedCrop');
  const {
    size,
    scale = [0.08, 1],
    ratio = [3 / 4, 4 / 3],
    interpolation = 'bilinear',
  } = check.options(options, ['size', 'scale', 'ratio', 'interpolation']);
  const target = readSize(check, 'size', size);
  readRange(check, 'scale', scale, { above: 0, max: 1 });
  readRange(check, 'ratio', ratio, { above: 0 });
  check.oneOf('interpolation', interpolation, INTERPOLATIONS);
  return describeTransform('randomResizedCrop', options, (image, stream) =>
    resizeImage(image, target, interpolation, drawCrop(image, stream, scale, ratio)),
  );
}

function drawCrop(image: Size, stream: RandomStream, scale: Range, ratio: Range): Box {
  const [least, greatest] = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const area = image.height * image.width * stream.uniform(...scale);
    const proportions = Math.exp(stream.uniform(least, greatest));
    const width = roundHalfEven(Math.sqrt(area * proportions));
    const height = roundHalfEven(Math.sqrt(area / proportions));
    if (width < 1 || height < 1 || width > image.width || height > image.height) continue;
    const top = stream.integer(image.height - height + 1);
    const left = stream.integer(image.width - width + 1);
    return { top, left, height, width };
  }
  return middleCrop(image, ratio);
}

/** The largest rectangle in the middle whose proportions are allowed. */
function middleCrop(image: Size, [least, greatest]: Range): Box {
  const proportions = image.width / image.height;
  const height = proportions < least ? roundHalfEven(image.width / least) : image.height;
  const width = proportions > greatest ? roundHalfEven(image.height * greatest) : image.width;
  const top = Math.floor((image.height - height) / 2);
  const left = Math.floor((image.width - width) / 2);
  return { top, left, height, width };
}
