import { RandomStream } from '@loopwright/core';
import { batchTransforms, cutMix, mixUp, transforms } from '@loopwright/data';
import { compile, tf } from '@loopwright/tensorflow';
import { expectNoLeak } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';

const images = () => tf.randomUniform([6, 8, 10, 3], 0, 1, 'float32', 5) as tf.Tensor4D;
const labels = () => tf.tensor1d([0, 1, 2, 3, 0, 1], 'int32');

type Step = (images: tf.Tensor4D, labels: tf.Tensor1D) => tf.Tensor[];

/** Each kind of chance inside a step; they take turns with one stream. */
function augment(stream: RandomStream, places: () => { epoch: number; index: number }[]): Step {
  return (images, labels) => {
    const moved = batchTransforms.randomCrop(images, { stream, padding: 2, paddingMode: 'reflect' });
    const shifted = batchTransforms.randomCrop(moved, { stream, padding: 1 });
    const flipped = batchTransforms.randomHorizontalFlip(shifted, { stream });
    const alternated = batchTransforms.alternatingFlip(flipped, { places });
    const cut = batchTransforms.cutout(alternated, { stream, size: 3 });
    const normalized = batchTransforms.normalize(cut, transforms.statistics.cifar10);
    const mixed = mixUp({ images: normalized, labels }, { stream, numClasses: 4 });
    const both = cutMix(mixed, { stream });
    return [both.images, both.labels];
  };
}

describe('augmentation inside a compiled step', () => {
  it('draws anew at each call, exactly as without compile', () =>
    expectNoLeak(() => {
      let epoch = 0;
      const places = () => Array.from({ length: 6 }, (_, index) => ({ epoch, index }));
      const plain = augment(new RandomStream(1), places);
      const compiled = compile(augment(new RandomStream(1), places));
      const [input, classes] = [images(), labels()];
      const seen = new Set<string>();
      for (; epoch < 4; epoch++) {
        const expected = tf.tidy(() => plain(input, classes));
        const actual = compiled(input, classes);
        for (const [part, tensor] of actual.entries()) {
          const reference = expected[part]!.dataSync();
          // The function's graph may be computed in another order: a unit of the last place or two.
          for (const [i, value] of tensor.dataSync().entries()) expect(value).toBeCloseTo(reference[i]!, 5);
        }
        seen.add(actual[0]!.dataSync().join());
        tf.dispose([expected, actual]);
      }
      expect([seen.size, compiled.traces]).toEqual([4, 1]);
      compiled.dispose();
      tf.dispose([input, classes]);
    }));
});
