import { compile, gelu, tf } from '@loopwright/tensorflow';
import { expectNoLeak } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';

/** The error function by its series, in double precision; enough terms for |x| ≤ 4. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const distribution = (x: number) => (1 + (Math.abs(x) > 5.6 ? Math.sign(x) : erf(x * Math.SQRT1_2))) / 2;
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
const geluOf = (x: number) => x * distribution(x);
const slopeOf = (x: number) => distribution(x) + x * density(x);

const slope = (x: tf.Tensor) => tf.grad((x: tf.Tensor) => gelu(x))(x);

/** Sizes around the vectors, blocks and tasks that the op works in. */
const SIZES = [1, 7, 16, 255, 256, 257, 32_768, 70_001];

describe('our own op of GELU', () => {
  it.each(SIZES)('has the values and the gradient of the closed form, %i of them', (size) =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const points = Float32Array.from({ length: size }, (_, index) => 12 * Math.sin(1 + index));
        const x = tf.tensor1d(points);
        const [values, slopes] = [gelu(x).dataSync(), slope(x).dataSync()];
        for (const [index, point] of points.entries()) {
          // float32 rounds values of up to 12 to 5e-7.
          expect(Math.abs(values[index]! - geluOf(point))).toBeLessThan(2e-6);
          expect(Math.abs(slopes[index]! - slopeOf(point))).toBeLessThan(2e-6);
        }
      }),
    ),
  );

  it('ends at the ends, and passes on what is not a number', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.tensor1d([-1e30, -200, 0, 200, 1e30, Number.POSITIVE_INFINITY, Number.NaN]);
        const expected = [-0, -0, 0, 200, Math.fround(1e30), Number.POSITIVE_INFINITY, Number.NaN];
        expect([...gelu(x).dataSync()]).toEqual(expected);
        expect([...slope(x).dataSync()].slice(0, 5)).toEqual([0, 0, 0.5, 1, 1]);
        expect(slope(x).dataSync()[6]).toBeNaN();
        expect(gelu(tf.zeros([0, 3])).shape).toEqual([0, 3]);
      }),
    ));

  it('keeps the shape, and computes in compiled functions what it does outside', () =>
    expectNoLeak(() => {
      const x = tf.randomNormal([3, 5, 7, 2]);
      const compiled = compile((x: tf.Tensor) => [gelu(x), slope(x)]);
      for (const _ of [1, 2]) {
        const [values, slopes] = compiled(x) as [tf.Tensor, tf.Tensor];
        tf.tidy(() => {
          expect(values.shape).toEqual(x.shape);
          expect(values.dataSync()).toEqual(gelu(x).dataSync());
          expect(slopes.dataSync()).toEqual(slope(x).dataSync());
        });
        tf.dispose([values, slopes]);
      }
      compiled.dispose();
      x.dispose();
    }));
});
