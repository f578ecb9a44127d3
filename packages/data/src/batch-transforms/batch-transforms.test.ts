import { RandomStream } from '@loopwright/core';
import { expectNoLeak } from '@loopwright/test-utils';
import { reshape, type Tensor, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Image } from '../dataset.ts';
import * as transforms from '../transforms/index.ts';
import * as batchTransforms from './index.ts';

const [BATCH, HEIGHT, WIDTH, CHANNELS] = [40, 9, 12, 2];
const pixels = new RandomStream('pixels');
const photos: readonly Image[] = Array.from({ length: BATCH }, () => ({
  data: Uint8Array.from({ length: HEIGHT * WIDTH * CHANNELS }, () => 1 + pixels.integer(255)),
  height: HEIGHT,
  width: WIDTH,
  channels: CHANNELS,
}));

/** Bytes as floats, so that results can be compared exactly. */
function batchOf(images: readonly Image[]): Tensor4D {
  return tensor4d(Float32Array.from(images.flatMap(({ data }) => [...data])), [
    BATCH,
    HEIGHT,
    WIDTH,
    CHANNELS,
  ]);
}

/** One stream for the whole batch, so that both sides draw the same for each image. */
function expectSameAs(
  transform: transforms.ImageTransform,
  apply: (images: Tensor4D, stream: RandomStream) => Tensor,
): Promise<void> {
  return expectNoLeak(() =>
    tidy(() => {
      const [own, batched] = [new RandomStream(3), new RandomStream(3)];
      const expected = photos.map((image, index) => transform(image, own, { epoch: 1, index }));
      const actual = apply(batchOf(photos), batched);
      expect(actual.shape).toEqual([BATCH, HEIGHT, WIDTH, CHANNELS]);
      expect(actual.dataSync()).toEqual(batchOf(expected).dataSync());
      expect(batched.uint32()).toBe(own.uint32());
    }),
  );
}

describe('batches are changed as their images would be, with the same draws', () => {
  it('randomHorizontalFlip', () =>
    expectSameAs(transforms.randomHorizontalFlip({ p: 0.4 }), (images, stream) =>
      batchTransforms.randomHorizontalFlip(images, { stream, p: 0.4 }),
    ));

  it.each([0, 1, 3])('randomCrop with zeros, padding %i', (padding) =>
    expectSameAs(transforms.randomCrop({ padding }), (images, stream) =>
      batchTransforms.randomCrop(images, { stream, padding }),
    ),
  );

  it.each([0, 1, 3])('randomCrop with the mirror image, padding %i', (padding) =>
    expectSameAs(transforms.randomTranslate({ padding }), (images, stream) =>
      batchTransforms.randomCrop(images, { stream, padding, paddingMode: 'reflect' }),
    ),
  );

  it.each([
    [1, 0],
    [4, 200],
    [5, 0],
    [30, 7],
  ])('cutout of %i, fill %i', (size, fill) =>
    expectSameAs(transforms.cutout({ size, fill }), (images, stream) =>
      batchTransforms.cutout(images, { stream, size, fill }),
    ),
  );

  it('alternatingFlip', () =>
    expectSameAs(transforms.alternatingFlip({ seed: 6 }), (images) =>
      batchTransforms.alternatingFlip(images, {
        seed: 6,
        places: () => photos.map((_, index) => ({ epoch: 1, index })),
      }),
    ));
});

describe('conversion', () => {
  const statistics = { mean: [0.25, 0.5], std: [0.5, 0.25] };

  it('toTensor is normalize of images from 0 to 1, which unnormalize undoes', () =>
    expectNoLeak(() =>
      tidy(() => {
        const plain = batchTransforms.toTensor(photos);
        const normalized = batchTransforms.toTensor(photos, { statistics });
        const expected = photos.flatMap(({ data }) =>
          [...data].map((byte, i) => (byte / 255 - statistics.mean[i % 2]!) / statistics.std[i % 2]!),
        );
        expectClose(normalized, expected);
        expectClose(batchTransforms.normalize(plain, statistics), expected);
        expectClose(batchTransforms.unnormalize(normalized, statistics), [...plain.dataSync()]);
      }),
    ));

  it('refuses what does not fit', () =>
    expectNoLeak(() =>
      tidy(() => {
        const images = batchOf(photos);
        const stream = new RandomStream(0);
        const squeezed = reshape(images, [BATCH, HEIGHT, -1]);
        expect(() => batchTransforms.toTensor([])).toThrow('images must not be empty');
        expect(() => batchTransforms.toTensor([photos[0]!, { ...photos[0]!, width: 6, height: 18 }])).toThrow(
          'images must have one size, got 9×12×2 and 18×6×2',
        );
        const short = { ...photos[0]!, data: photos[0]!.data.subarray(1) };
        expect(() => batchTransforms.toTensor([short, photos[1]!])).toThrow(
          'an image of 9×12×2 must have 216 bytes, got 215',
        );
        expect(() => batchTransforms.normalize(images, transforms.statistics.mnist)).toThrow(
          'mean and std must have 2 values',
        );
        expect(() => batchTransforms.randomCrop(images, { stream, padding: 4 })).toThrow(
          'padding must be an integer at least 0 and at most 3, got 4',
        );
        expect(() => batchTransforms.cutout(squeezed as never, { stream, size: 2 })).toThrow(
          '[loopwright/data] cutout: images must be a float32 tensor of shape [batch, height, width, channels]',
        );
        expect(() => batchTransforms.alternatingFlip(images, { places: () => [] })).toThrow(
          'places must give 40 places, one an image, got 0',
        );
      }),
    ));
});

/** Single precision on both sides. */
function expectClose(actual: Tensor, expected: readonly number[]): void {
  const values = actual.dataSync();
  expect(values.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 5);
}
