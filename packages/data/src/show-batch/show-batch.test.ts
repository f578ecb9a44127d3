import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectNoLeak } from '@loopwright/test-utils';
import {
  dispose,
  fill,
  ones,
  reshape,
  type Tensor4D,
  tensor1d,
  tensor2d,
  tensor4d,
} from '@tensorflow/tfjs-core';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { statistics } from '../transforms/statistics.ts';
import { drawnLength, drawText } from './pixel-font.ts';
import { showBatch } from './show-batch.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheets-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The bytes of a sheet, and how to read a pixel. */
async function open(path: string) {
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  const pixel = (row: number, column: number) => [
    ...data.subarray((row * info.width + column) * 3).subarray(0, 3),
  ];
  return { width: info.width, height: info.height, pixel };
}

describe('showBatch', () => {
  it('lays the images out in rows, enlarged without blurring', () =>
    expectNoLeak(async () => {
      const path = join(folder, 'deep/er/plain.png');
      const red = tensor4d([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1], [1, 2, 2, 3]);
      await showBatch({ images: red }, path);
      const { width, height, pixel } = await open(path);
      // Two pixels become 128, with margins of 8 around them and no caption.
      expect([width, height]).toEqual([144, 144]);
      expect([pixel(0, 0), pixel(8, 8), pixel(71, 71), pixel(8, 72)]).toEqual([
        [255, 255, 255],
        [255, 0, 0],
        [255, 0, 0],
        [0, 255, 0],
      ]);
      dispose(red);
    }));

  it('undoes normalisation, and says when it should have been told to', () =>
    expectNoLeak(async () => {
      const { mean, std } = statistics.mnist;
      const grey = fill([3, 4, 4, 1], (0.6 - mean[0]) / std[0]) as Tensor4D;
      const path = join(folder, 'grey.png');
      await showBatch({ images: grey }, path, { unnormalize: statistics.mnist, columns: 2, limit: 2 });
      const { width, pixel } = await open(path);
      expect(width).toBe(8 + 2 * 136);
      expect(pixel(20, 20)).toEqual([153, 153, 153]);
      await expect(showBatch({ images: grey }, path)).rejects.toThrow(
        '[loopwright/data] showBatch: images must have values from 0 to 1, found 1.5',
      );
      dispose(grey);
    }));

  it('writes the names of the classes below, and two shares of soft labels', () =>
    expectNoLeak(async () => {
      const images = ones([2, 8, 8, 3]) as Tensor4D;
      const labels = tensor1d([1, 0], 'int32');
      const soft = tensor2d([
        [0.7, 0.3],
        [0, 1],
      ]);
      const classes = ['cat', 'dog'];
      const [hard, shared] = [join(folder, 'hard.png'), join(folder, 'soft.png')];
      await showBatch({ images, labels }, hard, { classes });
      await showBatch({ images, labels: soft }, shared, { classes });
      const sheets = [await open(hard), await open(shared)] as const;
      expect(sheets.map(({ height }) => height)).toEqual([144 + 18, 144 + 36]);
      // The d of dog: its stem is the fifth column of seven doubled rows.
      expect(sheets[0].pixel(140, 8 + 2 * 4)).toEqual([20, 20, 20]);
      expect(sheets[0].pixel(140, 8)).toEqual([255, 255, 255]);
      const flat = reshape(soft, [4]);
      const message = 'a label is 1, but classes has 1 names';
      await expect(showBatch({ images, labels }, hard, { classes: ['cat'] })).rejects.toThrow(message);
      await expect(showBatch({ images, labels: flat }, hard)).rejects.toThrow('labels must be int32');
      dispose([images, labels, soft, flat]);
    }));

  it('refuses images that it cannot show', () =>
    expectNoLeak(async () => {
      const images = ones([1, 2, 2, 2]) as Tensor4D;
      await expect(showBatch({ images }, join(folder, 'x.png'))).rejects.toThrow(
        'images must have 1 or 3 channels, got 2',
      );
      const none = ones([0, 2, 2, 3]) as Tensor4D;
      await expect(showBatch({ images: none }, join(folder, 'x.png'))).rejects.toThrow(
        '[loopwright/data] showBatch: images must not be empty',
      );
      dispose([images, none]);
    }));
});

describe('the font', () => {
  const drawn = (text: string) => {
    const pixels: string[] = [];
    drawText(text, (column, row) => pixels.push(`${column},${row}`));
    return pixels.join(' ');
  };

  it('has another glyph for each printable character of ASCII', () => {
    const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
    expect(new Set(printable.map(drawn)).size).toBe(95);
    expect(drawn(' ')).toBe('');
  });

  it('drops accents, and draws a box for what it does not have', () => {
    expect(drawn('é')).toBe(drawn('e'));
    expect(drawn('猫')).toBe(drawn('犬'));
    expect(drawnLength('é猫')).toBe(2);
  });
});
