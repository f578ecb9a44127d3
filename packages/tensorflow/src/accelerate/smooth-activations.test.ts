import { compile, gelu, mish, swish, tf } from '@loopwright/tensorflow';
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
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const scale = Math.sqrt(8 / Math.PI);
const gate = (x: number) => sigmoid(scale * (x + 0.044715 * x ** 3));
const omega = (x: number) => Math.tanh(Math.log1p(Math.exp(x)));

interface Activation {
  readonly f: (x: tf.Tensor) => tf.Tensor;
  /** In double precision. */
  readonly value: (x: number) => number;
  readonly slope: (x: number) => number;
}

const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  gelu: {
    f: (x) => gelu(x),
    value: (x) => x * distribution(x),
    slope: (x) => distribution(x) + x * density(x),
  },
  'gelu by tanh': {
    f: (x) => gelu(x, { form: 'tanh' }),
    value: (x) => x * gate(x),
    slope: (x) => gate(x) + x * gate(x) * (1 - gate(x)) * scale * (1 + 3 * 0.044715 * x ** 2),
  },
  mish: {
    f: mish,
    value: (x) => x * omega(x),
    slope: (x) => omega(x) + x * (1 - omega(x) ** 2) * sigmoid(x),
  },
  swish: {
    f: swish,
    value: (x) => x * sigmoid(x),
    slope: (x) => sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x)),
  },
};

/** Sizes around the vectors, blocks and tasks that the ops work in. */
const SIZES = [1, 7, 16, 255, 256, 257, 32_768, 70_001];

describe.each(Object.entries(ACTIVATIONS))('our own op of %s', (_name, activation) => {
  const { f } = activation;
  const slope = (x: tf.Tensor) => tf.grad(f)(x);

  it.each(SIZES)('has the values and the gradient of the closed form, %i of them', (size) =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const points = Float32Array.from({ length: size }, (_, index) => 12 * Math.sin(1 + index));
        const x = tf.tensor1d(points);
        const [values, slopes] = [f(x).dataSync(), slope(x).dataSync()];
        for (const [index, point] of points.entries()) {
          // float32 rounds values of up to 12 to 5e-7.
          expect(Math.abs(values[index]! - activation.value(point))).toBeLessThan(2e-6);
          expect(Math.abs(slopes[index]! - activation.slope(point))).toBeLessThan(2e-6);
        }
      }),
    ),
  );

  it('ends at the ends, and passes on what is not a number', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.tensor1d([-1e18, -200, 0, 200, 1e18, Number.POSITIVE_INFINITY, Number.NaN]);
        const expected = [-0, -0, 0, 200, Math.fround(1e18), Number.POSITIVE_INFINITY, Number.NaN];
        expect([...f(x).dataSync()]).toEqual(expected);
        const slopes = [...slope(x).dataSync()];
        expect(slopes.slice(0, 5)).toEqual([0, 0, expect.closeTo(activation.slope(0), 6), 1, 1]);
        expect(slopes[6]).toBeNaN();
        expect(f(tf.zeros([0, 3])).shape).toEqual([0, 3]);
      }),
    ));

  it('keeps the shape, and computes in compiled functions what it does outside', () =>
    expectNoLeak(() => {
      const x = tf.randomNormal([3, 5, 7, 2]);
      const compiled = compile((x: tf.Tensor) => [f(x), slope(x)]);
      for (const _ of [1, 2]) {
        const [values, slopes] = compiled(x) as [tf.Tensor, tf.Tensor];
        tf.tidy(() => {
          expect(values.shape).toEqual(x.shape);
          expect(values.dataSync()).toEqual(f(x).dataSync());
          expect(slopes.dataSync()).toEqual(slope(x).dataSync());
        });
        tf.dispose([values, slopes]);
      }
      compiled.dispose();
      x.dispose();
    }));
});
