import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import type { Image } from '../dataset.ts';
import {
  centerCrop,
  colorJitter,
  cutout,
  randomAffine,
  randomCrop,
  randomRotation,
  resize,
} from './index.ts';

const row: Image = { data: Uint8Array.of(1, 2, 3, 4, 5), height: 1, width: 5, channels: 1 };
const stream = new RandomStream(1);
const size = ({ height, width }: Image) => [height, width];

describe('sizes', () => {
  const photo: Image = { data: new Uint8Array(30 * 45), height: 30, width: 45, channels: 1 };

  it('resize keeps the proportions of the shorter side, up to maxSize', () => {
    expect(size(resize({ size: 20 })(photo, stream))).toEqual([20, 30]);
    expect(size(resize({ size: 20, maxSize: 24 })(photo, stream))).toEqual([16, 24]);
    expect(size(resize({ size: [7, 9] })(photo, stream))).toEqual([7, 9]);
    expect(resize({ size: 30 })(photo, stream)).toBe(photo);
    expect(() => resize({ size: 20, maxSize: 20 })).toThrow('maxSize must be an integer at least 21, got 20');
    expect(() => resize({ size: [2, 2], maxSize: 9 })).toThrow('maxSize needs a size of one number');
  });

  it('centerCrop rounds half a pixel to the even one and pads what is missing', () => {
    expect([...centerCrop({ size: [1, 2] })(row, stream).data]).toEqual([3, 4]);
    expect([...centerCrop({ size: [1, 8] })(row, stream).data]).toEqual([0, 1, 2, 3, 4, 5, 0, 0]);
    expect(() => centerCrop({ size: [1, 2, 3] as never })).toThrow(
      'size must be a list of two numbers, got [1, 2, 3]',
    );
  });

  it('randomCrop says which sizes do not fit, unless it may pad', () => {
    expect(() => randomCrop({ size: 3 })(row, stream)).toThrow(
      '[loopwright/data] randomCrop: a crop of 3×3 does not fit into an image of 1×5, padded',
    );
    expect(size(randomCrop({ size: 3, padIfNeeded: true })(row, stream))).toEqual([3, 3]);
    expect(() => randomCrop({ padding: [1, 2, 3] as never })).toThrow(
      'padding must be one, two or four integers',
    );
    expect(() => randomCrop({ fill: [0, 256] })).toThrow(
      'fill must be an integer at least 0 and at most 255, got 256',
    );
  });
});

describe('ranges', () => {
  it('are given as one number or two', () => {
    expect(() => colorJitter({ hue: 0.6 })).toThrow(
      'hue must be a finite number at least 0 and at most 0.5, got 0.6',
    );
    expect(() => colorJitter({ contrast: [2, 1] })).toThrow(
      'contrast[1] must be a finite number at least 2, got 1',
    );
    expect(() => randomRotation({ degrees: -1 })).toThrow(
      'degrees must be a finite number at least 0, got -1',
    );
    expect(() => randomAffine({ degrees: 0, shear: [1, 2, 3] as never })).toThrow(
      'shear must be a number or a list of two or four, got [1, 2, 3]',
    );
    expect(() => randomAffine({ degrees: 0, translate: [0.1] as never })).toThrow(
      'translate must be a list of two numbers, got [0.1]',
    );
    for (const rotating of [randomAffine, randomRotation]) {
      expect(() => rotating({ degrees: 0, center: [1] as never })).toThrow(
        'center must be a list of two numbers, got [1]',
      );
    }
    expect(() => cutout({ size: 0 })).toThrow('size must be a positive integer, got 0');
  });

  it('of one value give that value', () => {
    const moved = randomAffine({ degrees: [0, 0], scale: [1, 1] })(row, stream);
    expect(moved.data).toEqual(row.data);
    const turned = randomRotation({ degrees: [180, 180] })(row, stream);
    expect([...turned.data]).toEqual([5, 4, 3, 2, 1]);
  });

  it('colours are refused for images that have none', () => {
    const pair: Image = { data: new Uint8Array(2), height: 1, width: 1, channels: 2 };
    expect(() => colorJitter({ hue: 0.1 })(pair, stream)).toThrow('image must have 1 or 3 channels, got 2');
  });
});
