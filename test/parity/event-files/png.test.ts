/** Pictures that we encode, decoded by libvips: sharp comes with `@loopwright/data`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventFileReader } from '@loopwright/event-files';
import { type ImageInput, tensorBoard } from '@loopwright/logging';
import { expectNoLeak } from '@loopwright/test-utils';
import { tensor } from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-png-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function decoded(image: ImageInput) {
  const board = tensorBoard(folder);
  board.image('picture', image, 1);
  board.close();
  const [name = ''] = readdirSync(folder);
  const records = new EventFileReader().read(readFileSync(join(folder, name)));
  const images = records.flatMap((record) => (record.kind === 'image' ? record.value.images : []));
  const pictures = images.map((png) => sharp(png).raw().toBuffer({ resolveWithObject: true }));
  return (await Promise.all(pictures)).map(({ data, info }) => ({
    data: [...data],
    shape: [info.height, info.width, info.channels],
  }));
}

/** Bytes without a pattern. */
const bytes = (count: number) =>
  Uint8Array.from({ length: count }, (_, index) => (index * index * 31 + 7) % 256);

describe('pictures', () => {
  it.each([1, 2, 3, 4])('of %i channels keep every byte', async (channels) => {
    const data = bytes(5 * 7 * channels);
    const [picture] = await decoded({ width: 7, height: 5, data });
    // Of grey ones libvips hands out three equal channels.
    const pixels = Array.from({ length: 35 }, (_, at) => [
      ...data.subarray(at * channels, (at + 1) * channels),
    ]);
    const expected = pixels.flatMap(([first = 0, ...others]) =>
      channels < 3 ? [first, first, first, ...others] : [first, ...others],
    );
    expect(picture).toEqual({ data: expected, shape: [5, 7, channels < 3 ? channels + 2 : channels] });
  });

  it('of tensors are from 0 to 1 or from 0 to 255, and set to these bounds', async () => {
    const floats = await expectNoLeak(() => {
      const image = tensor([0, 1, 0.5, -3, 7, Number.NaN], [1, 2, 3]);
      return decoded(image).finally(() => image.dispose());
    });
    expect(floats).toEqual([{ data: [0, 255, 128, 0, 255, 0], shape: [1, 2, 3] }]);
  });

  it('of batches are in order', async () => {
    const batch = tensor(Array.from(bytes(24)), [2, 2, 2, 3], 'int32');
    const pictures = await decoded(batch);
    batch.dispose();
    const data = [...bytes(24)];
    expect(pictures).toEqual([
      { data: data.slice(0, 12), shape: [2, 2, 3] },
      { data: data.slice(12), shape: [2, 2, 3] },
    ]);
  });
});
