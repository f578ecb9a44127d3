import { type Checker, checker, show } from '@loopwright/core';
import type { Image } from '../dataset.ts';
import { cropImage, type PaddingMode } from './functional/crop-image.ts';
import type { Fill } from './functional/fill.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { readFill, readSize, type SizeOption } from './options.ts';

/** Pixels added: on every side, to the sides and to top and bottom, or left, top, right and bottom. */
export type Padding =
  | number
  | readonly [sides: number, ends: number]
  | readonly [left: number, top: number, right: number, bottom: number];

/** Options of {@link randomCrop}. */
export interface RandomCropOptions {
  /** Of the result; the image's own size by default. */
  readonly size?: SizeOption;
  /** Added before cropping; 0 by default. */
  readonly padding?: Padding;
  /** What is added: `'constant'` by default. */
  readonly paddingMode?: PaddingMode;
  /** Colour of `'constant'`; 0 by default. */
  readonly fill?: Fill;
  /** Adds what a smaller image lacks, on both sides. Default false. */
  readonly padIfNeeded?: boolean;
}

type Sides = readonly [left: number, top: number, right: number, bottom: number];

const OPTIONS = ['size', 'padding', 'paddingMode', 'fill', 'padIfNeeded'] as const;

/**
 * Cuts a rectangle of the given size out of the padded image, anywhere (torchvision's `RandomCrop`). Without `size` it
 * moves the image by up to `padding` pixels each way.
 *
 * Draws two integers: the rows, then the columns that are left below and to the right of the crop.
 *
 * @throws LoopwrightError for bad options, by name, and when called if the padded image is smaller than the crop
 * @example
 * const crop = transforms.randomCrop({ padding: 2 });
 * const image = crop(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function randomCrop(options: RandomCropOptions = {}): ImageTransform {
  const check = checker('data', 'randomCrop');
  const {
    size,
    padding = 0,
    paddingMode = 'constant',
    fill = 0,
    padIfNeeded = false,
  } = check.options(options, OPTIONS);
  const target = size === undefined ? undefined : readSize(check, 'size', size);
  const sides = readPadding(check, padding);
  const mode = check.oneOf('paddingMode', paddingMode, ['constant', 'edge', 'reflect']);
  readFill(check, 'fill', fill);
  check.boolean('padIfNeeded', padIfNeeded);
  return describeTransform('randomCrop', options, (image, stream) => {
    const { height, width } = target ?? image;
    const [left, top, right, bottom] = padIfNeeded ? enlarged(sides, image, height, width) : sides;
    const roomDown = top + image.height + bottom - height;
    const roomAcross = left + image.width + right - width;
    if (roomDown < 0 || roomAcross < 0) return refuseSmall(check, image, height, width);
    const box = {
      top: roomDown - stream.integer(roomDown + 1) - top,
      left: roomAcross - stream.integer(roomAcross + 1) - left,
      height,
      width,
    };
    const whole = box.top === 0 && box.left === 0 && height === image.height && width === image.width;
    return whole ? image : cropImage(image, box, { mode, fill });
  });
}

/**
 * Moves images by up to `padding` pixels each way, their mirror image moving in: airbench's translation, which is
 * {@link randomCrop} of the padded image with reflection.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const translate = transforms.randomTranslate({ padding: 2 });
 * translate.spec.options.paddingMode; // 'reflect'
 */
export function randomTranslate(options: { readonly padding: number }): ImageTransform {
  const check = checker('data', 'randomTranslate');
  const { padding } = check.options(options, ['padding']);
  check.integer('padding', padding, { min: 0 });
  return randomCrop({ padding, paddingMode: 'reflect' });
}

function readPadding(check: Checker, padding: Padding): Sides {
  const values = (typeof padding === 'object' ? padding : [padding]).map((value) =>
    check.integer('padding', value, { min: 0 }),
  );
  const [first = 0, second = first, third = first, fourth = second] = values;
  if (![1, 2, 4].includes(values.length)) {
    check.fail(`padding must be one, two or four integers, got ${show(padding)}`);
  }
  return [first, second, third, fourth];
}

/** Padding as far as it goes, and what is still missing on both sides of an axis. */
function enlarged([left, top, right, bottom]: Sides, image: Image, height: number, width: number): Sides {
  const down = Math.max(0, height - (top + image.height + bottom));
  const across = Math.max(0, width - (left + image.width + right));
  return [left + across, top + down, right + across, bottom + down];
}

function refuseSmall(check: Checker, image: Image, height: number, width: number): never {
  return check.fail(
    `a crop of ${height}×${width} does not fit into an image of ${image.height}×${image.width}, padded`,
  );
}
