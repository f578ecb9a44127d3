import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RandomStream } from '@loopwright/core';
import sharp from 'sharp';

/** How many images each class gets, and how large they are. */
export interface TinyImages {
  readonly classes: number;
  readonly train: number;
  readonly val: number;
  /** Pixels of the shorter side. */
  readonly side: number;
}

/** Writes `train` and `val` folders of JPEG images, a folder a class, whose colour goes with the class; returns `folder`. */
export async function writeTinyImageFolders(
  folder: string,
  { classes, train, val, side }: TinyImages,
): Promise<string> {
  for (const [part, count] of Object.entries({ train, val })) {
    for (let label = 0; label < classes; label++) {
      const place = join(folder, part, `class-${label}`);
      mkdirSync(place, { recursive: true });
      for (let index = 0; index < count; index++) {
        const image = await noisyImage(label, side, new RandomStream(1, part, label, index));
        writeFileSync(join(place, `${index}.jpg`), image);
      }
    }
  }
  return folder;
}

/** A JPEG, a little wider than high, with each channel in one of two shades by the bits of the label, and noise. */
function noisyImage(label: number, side: number, stream: RandomStream): Promise<Buffer> {
  const [height, width] = [side, side + stream.integer(8)];
  const pixels = Uint8Array.from({ length: 3 * height * width }, (_, at) => {
    const bright = (label >> (at % 3)) & 1;
    return 60 + 80 * bright + stream.integer(60);
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}
