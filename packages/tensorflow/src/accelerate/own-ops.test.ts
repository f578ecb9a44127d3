import { autocast, gelu, mish, swish, tf } from '@loopwright/tensorflow';
import { expectNoLeak } from '@loopwright/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { random } from './random.ts';

const OPS: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  dropout: (x) => tf.dropout(x, 0.3),
  gelu: (x) => gelu(x),
  'gelu by tanh': (x) => gelu(x, { form: 'tanh' }),
  mish,
  swish,
};

/** Sizes around the vectors, blocks and tasks that the ops work in. */
const SIZES = [1, 7, 16, 255, 256, 257, 1023, 1025, 32_768, 70_001];

describe.each(Object.entries(OPS))('our own op of %s', (_name, op) => {
  it('rounds once in bfloat16', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const seed = vi
          .spyOn(random, 'opSeed')
          .mockImplementation(() => tf.tensor1d([-559038737, 5], 'int32'));
        const weight = tf.tensor2d([1], [1, 1]);
        const reduced = autocast(
          (x: tf.Tensor2D) => {
            const same = tf.matMul(x, weight); // makes it bfloat16
            return [same, op(same)];
          },
          { dtype: 'bfloat16', force: true },
        );
        for (const size of SIZES) {
          const points = tf.tensor2d(
            Float32Array.from({ length: size }, (_, i) => 3 * Math.sin(1 + i)),
            [size, 1],
          );
          const [x, y] = reduced(points) as [tf.Tensor, tf.Tensor];
          const expected = op(tf.cast(x, 'float32')).dataSync();
          for (const [index, value] of y.dataSync().entries()) {
            expect(Math.abs(value - expected[index]!)).toBeLessThanOrEqual(
              2 ** -8 * Math.abs(expected[index]!),
            );
          }
        }
        seed.mockRestore();
      }),
    ));
});
