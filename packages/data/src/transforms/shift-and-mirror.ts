import { checker } from '@loopwright/core';
import type { Image } from '../dataset.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';

/**
 * Mirrors the image left to right with probability `p`, 0.5 by default (torchvision's `RandomHorizontalFlip`).
 *
 * @throws LoopwrightError if `p` is not between 0 and 1
 * @example
 * const flip = transforms.randomHorizontalFlip({ p: 1 });
 * const image = { data: Uint8Array.of(1, 2, 3), height: 1, width: 3, channels: 1 };
 * flip(image, new RandomStream(seed)).data; // [3, 2, 1]
 */
export function randomHorizontalFlip(options: { readonly p?: number } = {}): ImageTransform {
  const check = checker('data', 'randomHorizontalFlip');
  const { p = 0.5 } = check.options(options, ['p']);
  check.number('p', p, { min: 0, max: 1 });
  return describeTransform('randomHorizontalFlip', options, (image, stream) =>
    stream.uniform() < p ? shifted(image, 0, 0, true) : image,
  );
}

/**
 * Moves the image by up to `padding` pixels each way and fills what is uncovered with zeros: a random crop of the
 * image's own size from the padded image (torchvision's `RandomCrop(size, padding)`).
 *
 * @throws LoopwrightError if `padding` is no integer of at least 0
 * @example
 * const crop = transforms.randomCrop({ padding: 2 });
 * const image = crop(dataset.get(0).image, new RandomStream(seed, 'augment', epoch, index));
 */
export function randomCrop(options: { readonly padding: number }): ImageTransform {
  const check = checker('data', 'randomCrop');
  const { padding } = check.options(options, ['padding']);
  check.integer('padding', padding, { min: 0 });
  return describeTransform('randomCrop', options, (image, stream) => {
    const down = stream.integer(2 * padding + 1) - padding;
    const right = stream.integer(2 * padding + 1) - padding;
    return down === 0 && right === 0 ? image : shifted(image, down, right, false);
  });
}

/** A copy of the image, moved and perhaps mirrored, with zeros where nothing was moved to. */
function shifted(image: Image, down: number, right: number, mirror: boolean): Image {
  const { data, height, width, channels } = image;
  const result = new Uint8Array(data.length);
  for (let row = Math.max(0, down); row < Math.min(height, height + down); row++) {
    for (let column = Math.max(0, right); column < Math.min(width, width + right); column++) {
      const from = mirror ? width - 1 - (column - right) : column - right;
      for (let channel = 0; channel < channels; channel++) {
        const source = ((row - down) * width + from) * channels + channel;
        result[(row * width + column) * channels + channel] = data[source] as number;
      }
    }
  }
  return { data: result, height, width, channels };
}
