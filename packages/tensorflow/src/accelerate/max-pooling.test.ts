import { RandomStream } from '@loopwright/core';
import { autocast, compile, tf } from '@loopwright/tensorflow';
import { expectNoLeak } from '@loopwright/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { activeNativeBackend } from '../native/native-backend.ts';

type Pads = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];

interface Case {
  readonly shape: [number, number, number, number];
  readonly window: [number, number];
  readonly strides: [number, number];
  readonly pads: Pads;
}

function pixels(rows: [number, number], columns: [number, number]): Pads {
  return [[0, 0], rows, columns, [0, 0]];
}

const CASES: Readonly<Record<string, Case>> = {
  'windows beside each other': { shape: [2, 6, 8, 3], window: [2, 2], strides: [2, 2], pads: 'valid' },
  'windows that overlap': { shape: [3, 7, 9, 16], window: [3, 3], strides: [2, 2], pads: 'valid' },
  'windows at each pixel': { shape: [1, 5, 4, 2], window: [3, 2], strides: [1, 1], pads: 'same' },
  'windows with gaps between them': { shape: [2, 9, 8, 5], window: [1, 2], strides: [3, 4], pads: 'valid' },
  'padding in pixels': {
    shape: [2, 8, 7, 4],
    window: [3, 3],
    strides: [2, 2],
    pads: pixels([1, 1], [1, 1]),
  },
  'padding on two sides': {
    shape: [1, 4, 6, 3],
    window: [2, 3],
    strides: [1, 2],
    pads: pixels([1, 0], [0, 2]),
  },
  'more channels than a task takes': { shape: [2, 5, 5, 300], window: [3, 3], strides: [2, 2], pads: 'same' },
  'one window': { shape: [2, 3, 3, 2], window: [3, 3], strides: [1, 1], pads: 'valid' },
  'a column': { shape: [2, 9, 1, 1], window: [4, 1], strides: [3, 1], pads: 'same' },
};

/** The pixels above and to the left. */
function before({ shape, window, strides, pads }: Case): [number, number] {
  if (pads === 'valid') return [0, 0];
  if (pads !== 'same') return [pads[1][0], pads[2][0]];
  const of = (axis: 0 | 1) => {
    const size = shape[axis + 1]!;
    const needed = (Math.ceil(size / strides[axis]) - 1) * strides[axis] + window[axis] - size;
    return Math.floor(Math.max(0, needed) / 2);
  };
  return [of(0), of(1)];
}

/** The gradient by the definition, one window after the other. */
function gradientOf(pooling: Case, x: Float32Array, dy: tf.Tensor4D): number[] {
  const [, height, width, channels] = pooling.shape;
  const [top, left] = before(pooling);
  const [images, rows, columns] = dy.shape;
  const slopes = dy.dataSync();
  const gradient = Array.from(x, () => 0);
  let output = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let channel = 0; channel < channels; channel++) {
          let [best, where] = [Number.NaN, -1];
          for (let i = row * pooling.strides[0] - top, m = 0; m < pooling.window[0]; i++, m++) {
            for (let j = column * pooling.strides[1] - left, n = 0; n < pooling.window[1]; j++, n++) {
              if (i < 0 || j < 0 || i >= height || j >= width) continue;
              const at = ((image * height + i) * width + j) * channels + channel;
              const isHigher = where < 0 || x[at]! > best || (Number.isNaN(x[at]) && !Number.isNaN(best));
              if (isHigher) [best, where] = [x[at]!, at];
            }
          }
          gradient[where]! += slopes[output++]!;
        }
      }
    }
  }
  return gradient;
}

/** Numbers of few digits, many of them equal: sums are exact in any order and precision. */
function fewDigits(size: number, name: string): Float32Array {
  const random = new RandomStream('max-pooling', name);
  return Float32Array.from({ length: size }, () => random.integer(9) / 4 - 1);
}

describe.each(Object.entries(CASES))('the gradient of max pooling: %s', (_name, pooling) => {
  const { shape, window, strides, pads } = pooling;
  const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, window, strides, pads);
  const gradient = (x: tf.Tensor, dy: tf.Tensor) => tf.grad(pool)(x, dy);
  const size = shape.reduce((product, length) => product * length);
  const points = fewDigits(size, 'x');

  it('goes to the first maximum of each window', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.tensor4d(points, shape);
        const y = pool(x);
        const dy = tf.tensor4d(fewDigits(y.size, 'dy'), y.shape as typeof shape);
        expect([...gradient(x, dy).dataSync()]).toEqual(gradientOf(pooling, points, dy));
      }),
    ));

  it('is the same by the ops of TensorFlow, as on a GPU', () => {
    const isUsingGpu = vi.spyOn(activeNativeBackend()!.binding, 'isUsingGpuDevice').mockReturnValue(true);
    expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.tensor4d(points, shape);
        const y = pool(x);
        const dy = tf.tensor4d(fewDigits(y.size, 'dy'), y.shape as typeof shape);
        expect([...gradient(x, dy).dataSync()]).toEqual(gradientOf(pooling, points, dy));
      }),
    );
    isUsingGpu.mockRestore();
  });

  it('goes to what is not a number, and takes both zeros for one', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const special = [Number.NaN, -Number.NaN, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -0, 0];
        const odd = points.map((point, index) => (index % 5 === 0 ? special[(index / 5) % 6]! : point));
        const x = tf.tensor4d(odd, shape);
        const dy = tf.onesLike(pool(x)) as tf.Tensor4D;
        expect([...gradient(x, dy).dataSync()]).toEqual(gradientOf(pooling, odd, dy));
      }),
    ));

  it('is the same in compiled functions and in bfloat16', () =>
    expectNoLeak(() => {
      const one = tf.ones([1, 1, shape[3], 1]) as tf.Tensor4D;
      const x = tf.tensor4d(points, shape);
      const dy = tf.tidy(() => {
        const y = pool(x);
        return tf.tensor4d(fewDigits(y.size, 'dy'), y.shape as typeof shape);
      });
      const plain = compile(gradient);
      // A product with ones makes x bfloat16, and changes none of its few digits.
      const reduced = compile(
        autocast(
          (x: tf.Tensor, dy: tf.Tensor) =>
            tf.grad((x: tf.Tensor) => pool(tf.depthwiseConv2d(x as tf.Tensor4D, one, 1, 'valid')))(x, dy),
          { dtype: 'bfloat16', force: true },
        ),
      );
      const expected = gradientOf(pooling, points, dy);
      for (const compiled of [plain, plain, reduced, reduced]) {
        const result = compiled(x, dy) as tf.Tensor;
        expect([...result.dataSync()]).toEqual(expected);
        result.dispose();
      }
      for (const owner of [plain, reduced, x, dy, one]) owner.dispose();
    }));
});

it('leaves out windows that lie in the padding alone', () =>
  expectNoLeak(() =>
    tf.tidy(() => {
      const input = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
      const attributes = { filterSize: [2, 2], strides: [3, 3], pad: pixels([3, 5], [3, 5]) };
      const dy = tf.tensor4d([1, 2, 4, 8, 16, 32, 64, 128, 256], [1, 3, 3, 1]);
      const inputs = { dy, input, output: dy };
      const gradient = tf.engine().runKernel('MaxPoolGrad', inputs, attributes as never) as tf.Tensor;
      expect([...gradient.dataSync()]).toEqual([0, 0, 0, 16]);
    }),
  ));
