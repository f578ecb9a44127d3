import { RandomStream } from '@loopwright/core';
import { describe, expect, it, vi } from 'vitest';
import * as transforms from './index.ts';

const photo = {
  data: Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (7 * i) % 256),
  height: 8,
  width: 8,
  channels: 3,
};

/** How many numbers and integers each transform draws, whatever it draws: what follows depends on that. */
const draws: readonly [string, transforms.ImageTransform, number, number][] = [
  ['randomHorizontalFlip', transforms.randomHorizontalFlip(), 1, 0],
  ['randomVerticalFlip', transforms.randomVerticalFlip(), 1, 0],
  ['randomCrop', transforms.randomCrop({ padding: 0 }), 0, 2],
  ['randomTranslate', transforms.randomTranslate({ padding: 2 }), 0, 2],
  ['randomGrayscale', transforms.randomGrayscale(), 1, 0],
  ['randomRotation', transforms.randomRotation({ degrees: 9 }), 1, 0],
  ['randomAffine', transforms.randomAffine({ degrees: 0 }), 6, 0],
  ['colorJitter', transforms.colorJitter({ hue: 0.1 }), 4, 3],
  ['cutout', transforms.cutout({ size: 2 }), 0, 2],
  ['autoAugment', transforms.autoAugment(), 4, 1],
  ['randAugment', transforms.randAugment({ numOps: 3 }), 3, 3],
  ['trivialAugmentWide', transforms.trivialAugmentWide(), 1, 2],
  ['resize', transforms.resize({ size: 4 }), 0, 0],
];

describe('the number of draws is fixed', () => {
  it.each(draws)('%s', (_, transform, numbers, integers) => {
    for (let key = 0; key < 30; key++) {
      const stream = new RandomStream(key);
      const uniform = vi.spyOn(stream, 'uniform');
      const integer = vi.spyOn(stream, 'integer');
      transform(photo, stream);
      expect([uniform.mock.calls.length, integer.mock.calls.length]).toEqual([numbers, integers]);
    }
  });
});
