import { checker } from '@loopwright/core';
import { cropImage } from './functional/crop-image.ts';
import { describeTransform, type ImageTransform } from './image-transform.ts';
import { readSize, type SizeOption } from './options.ts';
import { roundHalfEven } from './rounding.ts';

/**
 * Cuts the middle out of images; a smaller image is surrounded by black (torchvision's `CenterCrop`). It draws nothing.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const crop = transforms.centerCrop({ size: [1, 2] });
 * const image = { data: Uint8Array.of(1, 2, 3, 4), height: 1, width: 4, channels: 1 };
 * crop(image, new RandomStream(seed)).data; // [2, 3]
 */
export function centerCrop(options: { readonly size: SizeOption }): ImageTransform {
  const check = checker('data', 'centerCrop');
  const { size } = check.options(options, ['size']);
  const { height, width } = readSize(check, 'size', size);
  return describeTransform('centerCrop', options, (image) => {
    if (image.height === height && image.width === width) return image;
    const box = { top: centred(image.height, height), left: centred(image.width, width), height, width };
    return cropImage(image, box);
  });
}

/** Where the crop starts: half a pixel is rounded to the even one, and a surplus of padding goes to the end. */
function centred(length: number, cropped: number): number {
  return cropped > length ? -Math.floor((cropped - length) / 2) : roundHalfEven((length - cropped) / 2);
}
