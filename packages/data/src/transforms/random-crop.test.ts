import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import type { Image } from '../dataset.ts';
import { compose, randomCrop, randomHorizontalFlip } from './index.ts';

const image: Image = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), height: 2, width: 3, channels: 1 };
/** A stream that answers with these, whatever is asked. */
const scripted = (answers: number[]) =>
  ({ uniform: () => answers.shift(), integer: () => answers.shift() }) as unknown as RandomStream;

describe('transforms', () => {
  it('mirror by chance', () => {
    expect([...randomHorizontalFlip()(image, scripted([0.49])).data]).toEqual([3, 2, 1, 6, 5, 4]);
    expect(randomHorizontalFlip()(image, scripted([0.5]))).toBe(image);
    const colours = { data: Uint8Array.of(1, 2, 3, 4), height: 1, width: 2, channels: 2 };
    expect([...randomHorizontalFlip({ p: 1 })(colours, new RandomStream(1)).data]).toEqual([3, 4, 1, 2]);
  });

  it('crop from the padded image, with zeros outside', () => {
    expect([...randomCrop({ padding: 1 })(image, scripted([2, 2])).data]).toEqual([0, 0, 0, 0, 1, 2]);
    expect([...randomCrop({ padding: 1 })(image, scripted([0, 0])).data]).toEqual([5, 6, 0, 0, 0, 0]);
    expect(randomCrop({ padding: 1 })(image, scripted([1, 1]))).toBe(image);
    const offsets = new Set(
      Array.from({ length: 200 }, (_, i) =>
        randomCrop({ padding: 1 })(image, new RandomStream(i)).data.join(),
      ),
    );
    expect(offsets.size).toBe(9);
  });

  it('never write to their argument, and compose in order', () => {
    const before = [...image.data];
    compose(randomHorizontalFlip({ p: 1 }), randomCrop({ padding: 2 }))(image, new RandomStream(3));
    expect([...image.data]).toEqual(before);
  });

  it('refuse bad options by name', () => {
    expect(() => randomHorizontalFlip({ p: 2 })).toThrow(
      'p must be a finite number at least 0 and at most 1, got 2',
    );
    expect(() => randomCrop({ padding: -1 })).toThrow('padding must be an integer at least 0, got -1');
  });
});
