import { decodeJpeg } from '../../../packages/data/src/datasets/jpeg/decode-jpeg.ts';
import { loadSharp } from '../../../packages/data/src/sharp.ts';
import { magnitude } from '../outcome.ts';
import type { Target } from '../target.ts';

/** Images: what cannot be decoded is left to another decoder. */
export const jpeg: Target = {
  name: 'jpeg',
  async seeds() {
    const pixels = Uint8Array.from({ length: 3 * 21 * 35 }, (_, i) => (i * i) % 251);
    const files: Uint8Array[] = [];
    for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
      for (const progressive of [false, true]) {
        const image = loadSharp()(pixels, { raw: { height: 21, width: 35, channels: 3 } });
        files.push(await image.jpeg({ chromaSubsampling, progressive, quality: 60 }).toBuffer());
      }
    }
    return files;
  },
  dictionary: [
    '\xff\xc0',
    '\xff\xc2',
    '\xff\xc4',
    '\xff\xda',
    '\xff\xdb',
    '\xff\xdd\0\x04\0\x01',
    '\xff\xd0',
    '\xff\xd9',
    '\xff\0',
  ],
  parse(bytes) {
    const image = decodeJpeg(bytes);
    if (image === undefined) return undefined;
    const { height, width } = image;
    image.pixels({ top: height >> 1, left: width >> 1, height: 1, width: 1 });
    image.pixels({ top: 0, left: 0, height, width });
    return `${magnitude(height)} × ${magnitude(width)}`;
  },
  isRefusal: () => false,
};
