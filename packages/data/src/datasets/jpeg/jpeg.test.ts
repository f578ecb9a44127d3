import { RandomStream } from '@loopwright/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileKernel } from '../../../assembly/compile.ts';
import { loadSharp } from '../../sharp.ts';
import { decodeJpeg } from './decode-jpeg.ts';
import { JpegImage } from './jpeg-image.ts';
import { jpegKernel } from './jpeg-kernel.ts';

const SIZE = { height: 53, width: 75 };
const whole = { top: 0, left: 0, ...SIZE };

/** Files of noise on a gradient, sequential and progressive, with all samples of colours and with a quarter. */
const files: Buffer[] = [];
beforeAll(async () => {
  const stream = new RandomStream(0);
  const pixels = Uint8Array.from({ length: 3 * 53 * 75 }, (_, i) => (i % 200) + stream.integer(56));
  const raw = { ...SIZE, channels: 3 } as const;
  for (const chromaSubsampling of ['4:4:4', '4:2:0']) {
    for (const progressive of [false, true]) {
      const options = { chromaSubsampling, progressive, quality: 85 };
      files.push(await loadSharp()(pixels, { raw }).jpeg(options).toBuffer());
    }
  }
});

const bySharp = (file: Uint8Array) =>
  loadSharp()(file, { failOn: 'error', ignoreIcc: true })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();

describe('the kernel that decodes JPEG', () => {
  it('is what the source compiles to', async () => {
    expect(await compileKernel('jpeg')).toBe(jpegKernel);
  });
});

describe('decodeJpeg', () => {
  it('reads the files that it is made for itself, to the pixels that sharp gives', async () => {
    for (const file of files) {
      const decoded = decodeJpeg(file);
      expect(decoded).toMatchObject(SIZE);
      expect((await bySharp(file)).equals(decoded?.pixels(whole) as Uint8Array)).toBe(true);
    }
  });

  it('leaves every file that is cut to others', () => {
    for (const file of files) {
      for (let end = 0; end < file.length; end += 7) {
        expect(decodeJpeg(file.subarray(0, end))).toBeUndefined();
      }
    }
  });

  it('reads nothing outside of files that are damaged anywhere, and ends soon', () => {
    const stream = new RandomStream(1);
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const file = Buffer.from(files[i % files.length] as Buffer);
      for (let n = stream.integer(4); n >= 0; n--)
        file[2 + stream.integer(file.length - 2)] = stream.integer(256);
      const decoded = decodeJpeg(file);
      if (decoded === undefined) refused++;
      else
        expect(decoded.pixels({ ...whole, ...decoded, top: 0, left: 0 })).toHaveLength(
          3 * decoded.height * decoded.width,
        );
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('leaves other kinds to others: large, with another precision or code, four components, no image', async () => {
    const [file] = files as [Buffer];
    const frame = file.indexOf(Buffer.of(0xff, 0xc0));
    const changed = (at: number, ...bytes: number[]) => {
      const copy = Buffer.from(file);
      copy.set(bytes, frame + at);
      return copy;
    };
    expect(decodeJpeg(changed(1, 0xc9))).toBeUndefined(); // arithmetic codes
    expect(decodeJpeg(changed(4, 12))).toBeUndefined(); // bits a sample
    expect(decodeJpeg(changed(5, 0, 0))).toBeUndefined(); // the height comes later
    expect(decodeJpeg(changed(5, 0xff, 0xff, 0xff, 0xff))).toBeUndefined(); // 4 gigapixels
    const rgba = { create: { ...SIZE, channels: 4, background: '#12345678' } } as const;
    expect(decodeJpeg(await loadSharp()(rgba).toColourspace('cmyk').jpeg().toBuffer())).toBeUndefined();
    expect(decodeJpeg(await loadSharp()(rgba).png().toBuffer())).toBeUndefined();
    expect(decodeJpeg(new Uint8Array())).toBeUndefined();
  });

  it('stops at scans without end', () => {
    const progressive = files[1] as Buffer;
    const scan = progressive.indexOf(Buffer.of(0xff, 0xda));
    const tail = progressive.subarray(scan);
    expect(
      decodeJpeg(Buffer.concat([progressive.subarray(0, -2), ...Array(200).fill(tail)])),
    ).toBeUndefined();
  });
});

describe('a JpegImage', () => {
  it('is decoded when it is looked at, also after others', () => {
    const images = files.map((file) => JpegImage.read(file) as JpegImage);
    const pixels = files.map((file) => Buffer.from(decodeJpeg(file)?.pixels(whole) as Uint8Array));
    images.forEach((image, i) => {
      expect(pixels[i]?.equals(image.data)).toBe(true);
    });
  });

  it('is an image like others when it is copied', () => {
    const image = JpegImage.read(files[0] as Buffer) as JpegImage;
    const { data } = image;
    const plain = { data, ...SIZE, channels: 3 };
    expect({ ...image }).toEqual(plain);
    expect(structuredClone(JpegImage.read(files[0] as Buffer))).toEqual(plain);
    expect(Object.keys(image).sort()).toEqual(['channels', 'data', 'height', 'width']);
  });
});
