/** JPEG files as Pillow reads them; all comparisons are exact. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RandomStream } from '@loopwright/core';
import { type Image, ImageFileDataset, transforms } from '@loopwright/data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly height: number;
  readonly width: number;
  /** SHA-256 of the pixels. */
  readonly digest: string;
}

const { cases } = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  cases: readonly Case[];
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-jpeg-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function read({ file }: Case, transform?: transforms.Transform): Promise<Image> {
  const path = join(folder, 'image.jpg');
  writeFileSync(path, Buffer.from(file, 'base64'));
  const files = { paths: [path], labels: [0], classNames: ['image'] };
  const dataset = new ImageFileDataset(files, transform && { transform });
  return (await dataset.get(0, new RandomStream(0))).image;
}

describe('a JPEG file', () => {
  it.each(cases)('of $name has the pixels that Pillow reads', async (golden) => {
    const { data, height, width, channels } = await read(golden);
    expect([height, width, channels]).toEqual([golden.height, golden.width, 3]);
    expect(createHash('sha256').update(data).digest('hex')).toBe(golden.digest);
  });

  it('has the same pixels in every rectangle that is looked at alone', async () => {
    const { cropImage, resizeImage } = transforms.functional;
    const stream = new RandomStream(0);
    for (const golden of cases) {
      const whole = await read(golden);
      for (let i = 0; i < 5; i++) {
        const [top, left] = [stream.integer(whole.height), stream.integer(whole.width)];
        const height = 1 + stream.integer(whole.height - top);
        const width = 1 + stream.integer(whole.width - left);
        const box = { top, left, height, width };
        expect(await read(golden, (image) => cropImage(image, box))).toEqual(cropImage(whole, box));
        const resize = (image: Image) => resizeImage(image, { height: 6, width: 5 }, 'bilinear', box);
        expect(await read(golden, resize)).toEqual(resize(whole));
      }
    }
  });
});
