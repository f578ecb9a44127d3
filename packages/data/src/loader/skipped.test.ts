import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectNoLeak } from '@loopwright/test-utils';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageFolder } from '../datasets/image-folder.ts';
import { DataLoader } from './data-loader.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-bad-'));
  mkdirSync(join(folder, 'x'));
  const noise = Uint8Array.from({ length: 40 * 40 * 3 }, (_, i) => (i * i) % 251);
  const jpeg = await sharp(noise, { raw: { width: 40, height: 40, channels: 3 } })
    .jpeg()
    .toBuffer();
  for (let i = 0; i < 6; i++) writeFileSync(join(folder, `x/${i}.jpg`), jpeg);
  writeFileSync(join(folder, 'x/2.jpg'), jpeg.subarray(0, jpeg.length / 2)); // half-written
  writeFileSync(join(folder, 'x/4.jpg'), 'not an image');
  writeFileSync(join(folder, 'x/5.jpg'), ''); // empty
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([0, 1])('bad images, with %i workers', (workers) => {
  it('stop the loop with an error that names sample and file', async () => {
    const loader = new DataLoader(new ImageFolder(folder), { batchSize: 2, workers });
    const read = async () => {
      for await (const { images } of loader) expect(images.shape).toEqual([2, 40, 40, 3]);
    };
    await expectNoLeak(() =>
      expect(read()).rejects.toThrow(
        /sample 2 could not be read: .*ImageFolder: .*x\/2\.jpg cannot be decoded/,
      ),
    );
  });

  it('are left out and listed, if so wanted; a batch of nothing else is left out too', async () => {
    const loader = new DataLoader(new ImageFolder(folder, { onBadImage: 'skip' }), { batchSize: 2, workers });
    await expectNoLeak(async () => {
      const sizes: number[] = [];
      for (let epoch = 0; epoch < 2; epoch++)
        for await (const { images } of loader) sizes.push(images.shape[0]);
      expect(sizes).toEqual([2, 1, 2, 1]);
    });
    expect(loader.skipped.map(({ index }) => index)).toEqual([2, 4, 5]);
    expect(loader.skipped[0]!.reason).toMatch(/x\/2\.jpg cannot be decoded: \S/);
  });
});
