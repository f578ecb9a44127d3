import { RandomStream } from '@loopwright/core';
import { expectNoLeak } from '@loopwright/test-utils';
import { dispose, ones, type Tensor, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { cutMix } from './cut-mix.ts';
import { mixUp } from './mix-up.ts';

/** Images of one value each, so that a mixed one tells its shares. */
const plainBatch = () => ({
  images: tensor4d(
    Float32Array.from({ length: 3 * 8 * 10 }, (_, i) => Math.floor(i / 80)),
    [3, 8, 10, 1],
  ),
  labels: tensor1d([0, 1, 2], 'int32'),
});

describe.each([
  ['mixUp', mixUp],
  ['cutMix', cutMix],
])('%s', (name, mix) => {
  it('keeps the labels in step with the images', () =>
    expectNoLeak(() =>
      tidy(() => {
        const stream = new RandomStream(1, name);
        for (let batch = 0; batch < 20; batch++) {
          const { images, labels } = mix(plainBatch(), { numClasses: 3, stream });
          const pixels = images.dataSync<'float32'>();
          const shares = labels.dataSync<'float32'>();
          for (let sample = 0; sample < 3; sample++) {
            const own = pixels.subarray(sample * 80, (sample + 1) * 80);
            const mean = own.reduce((sum, pixel) => sum + pixel, 0) / 80;
            const row = [...shares.subarray(3 * sample, 3 * sample + 3)];
            expect(row.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
            expect(mean).toBeCloseTo(row[1]! + 2 * row[2]!, 4);
          }
        }
      }),
    ));

  it('mixes soft labels again, and the same way for the same seed', () =>
    expectNoLeak(() => {
      const batch = plainBatch();
      const once = mix(batch, { numClasses: 3, alpha: 0.4, seed: 5 });
      const again = mix(batch, { numClasses: 3, alpha: 0.4, seed: 5 });
      expect(again.images.dataSync()).toEqual(once.images.dataSync());
      const twice = mix(once, { seed: 6 });
      expect(twice.labels.shape).toEqual([3, 3]);
      dispose([batch, once, again, twice]);
    }));

  it('refuses bad options by name, and leaves nothing behind', () =>
    expectNoLeak(() =>
      tidy(() => {
        const batch = plainBatch();
        const soft = ones([3, 4]) as never;
        expect(() => mix(batch, { numClasses: 3 })).toThrow(
          `[loopwright/data] ${name}: needs a stream or a seed, and not both`,
        );
        expect(() => mix(batch, { seed: 1 })).toThrow(
          'numClasses must be an integer at least 2, got undefined',
        );
        expect(() => mix(batch, { seed: 1, numClasses: 3, alpha: 0 })).toThrow(
          'alpha must be a finite number greater',
        );
        expect(() => mix({ ...batch, labels: soft }, { seed: 1, numClasses: 3 })).toThrow(
          'labels must be a float32 tensor of shape [3, 3], got tensor "float32" of shape [3, 4]',
        );
        const short = tensor1d([0], 'int32') as Tensor as never;
        expect(() => mix({ ...batch, labels: short }, { seed: 1, numClasses: 3 })).toThrow(
          'labels must be a int32 tensor of shape [3]',
        );
      }),
    ));
});
