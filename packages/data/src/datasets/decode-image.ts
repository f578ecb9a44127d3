import { readFileSync } from 'node:fs';
import type { Sharp } from 'sharp';
import type { Image } from '../dataset.ts';
import { loadSharp } from '../sharp.ts';
import { cmykToRgb } from './cmyk.ts';
import { JpegImage } from './jpeg/jpeg-image.ts';

/**
 * Decodes an image file to three channels of bytes, as Pillow's `convert('RGB')`: neither an EXIF orientation nor a
 * colour profile is applied, and an alpha channel is dropped. Only grey of 16 bits is another: it is scaled, where Pillow
 * cuts it off at 255.
 *
 * The file is read at once: that takes less time than to hand it to a thread of its own. So is JPEG of the usual kinds;
 * all else, and what is damaged, is left to sharp.
 *
 * @throws Error if it cannot be read, is damaged or ends early
 */
export function decodeImage(path: string): Image | Promise<Image> {
  const file = readFileSync(path);
  return JpegImage.read(file) ?? decodeBySharp(file);
}

async function decodeBySharp(file: Uint8Array): Promise<Image> {
  const image = loadSharp()(file, { failOn: 'error', ignoreIcc: true });
  if (isJpeg(file) && (await image.metadata()).space === 'cmyk') return decodeInks(image);
  const { data, info } = await image
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { height, width, channels } = info;
  return { data: channels === 1 ? repeated(data, 3) : data, height, width, channels: 3 };
}

/** sharp's own conversion takes a profile for the inks, whether or not it is told to. */
async function decodeInks(image: Sharp): Promise<Image> {
  const { data, info } = await image
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: cmykToRgb(data), height: info.height, width: info.width, channels: 3 };
}

function isJpeg(file: Uint8Array): boolean {
  return file[0] === 0xff && file[1] === 0xd8;
}

function repeated(plane: Uint8Array, channels: number): Uint8Array {
  const pixels = new Uint8Array(plane.length * channels);
  for (const [index, value] of plane.entries()) pixels.fill(value, index * channels, (index + 1) * channels);
  return pixels;
}
