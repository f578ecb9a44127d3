import { tf } from '@loopwright/tensorflow';
import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import { describe, expect, it, vi } from 'vitest';
import { accelerate } from './accelerate.ts';
import { batchNorm } from './batch-norm.ts';

const values = (tensor: tf.Tensor) => [...tensor.dataSync()];

/** A layer in a model of its own, because one that was only applied cannot be disposed. */
function modelOf(config: object, shape: readonly number[]): tf.Sequential {
  const layer = tf.layers.batchNormalization({ ...config, inputShape: shape.slice(1) });
  return tf.sequential({ layers: [layer] });
}

function batchOf(shape: number[]): tf.Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Array.from({ length: size }, (_, i) => 3 * Math.sin(i * i)),
    shape,
  );
}

/** What a normalization gives: output, loss, gradients of the batch and of its weights, and the weights afterwards. */
function train(config: object, shape: number[]): number[][] {
  return tf.tidy(() => {
    const model = modelOf(config, shape);
    const x = batchOf(shape);
    const y = model.apply(x, { training: false }) as tf.Tensor;
    const loss = (x: tf.Tensor) =>
      tf.sum(tf.mul(model.apply(x, { training: true }) as tf.Tensor, tf.cos(x))) as tf.Scalar;
    const { value, grad: slope } = tf.valueAndGrad((x: tf.Tensor) => loss(x))(x);
    const grads = model.trainableWeights.length === 0 ? {} : tf.variableGrads(() => loss(x)).grads;
    const tensors = [y, value, slope, ...Object.values(grads), ...model.getWeights()];
    const result = tensors.map(values);
    model.dispose();
    return result;
  });
}

/** What a normalization over another axis gives; it has no gradient in TensorFlow.js. */
function infer(config: object, shape: number[]): number[][] {
  return tf.tidy(() => {
    const model = modelOf(config, shape);
    const outputs = [true, false].map((training) => model.apply(batchOf(shape), { training }) as tf.Tensor);
    const result = [...outputs, ...model.getWeights()].map(values);
    model.dispose();
    return result;
  });
}

const configurations: Record<string, { config: object; shape: number[]; run?: typeof train }> = {
  images: { config: {}, shape: [2, 3, 2, 4] },
  'images, last axis named': { config: { axis: 3, momentum: 0.9, epsilon: 0.01 }, shape: [2, 3, 2, 4] },
  rows: { config: {}, shape: [5, 3] },
  sequences: { config: {}, shape: [2, 3, 4] },
  'one value a channel': { config: {}, shape: [1, 3] },
  'channels first, which is left to TensorFlow.js,': { config: { axis: 1 }, shape: [2, 3, 4, 2], run: infer },
};

describe('tf.layers.batchNormalization', () => {
  it.each(Object.entries(configurations))('does with %s what it does without', (_, row) =>
    expectNoLeak(() => {
      const { config, shape, run = train } = row;
      const fast = run(config, shape);
      const restore = accelerate({ enabled: false });
      const slow = run(config, shape);
      restore();
      expect(fast.length).toBe(slow.length);
      for (const [i, list] of slow.entries()) {
        for (const [j, value] of list.entries()) expect(fast[i]?.[j], `${i} ${j}`).toBeCloseTo(value, 4);
      }
    }),
  );

  it.each([{ scale: false }, { center: false }, { scale: false, center: false }])(
    'trains with %o (trap)',
    (config) =>
      expectNoLeak(() => {
        const reference = train({}, [4, 3]);
        const [inference, loss, slope, ...rest] = train(config, [4, 3]);
        expect([inference, loss, slope]).toEqual(reference.slice(0, 3));
        // Gradients and weights of what is left, and the two running statistics.
        expect(rest.length).toBe(2 * (2 - Object.keys(config).length) + 2);
      }),
  );

  it('has gradients with frozen statistics, also without scale', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const model = modelOf({ scale: false, epsilon: 0 }, [2, 1]);
        const loss = (x: tf.Tensor) => tf.sum(model.apply(x, { training: false }) as tf.Tensor) as tf.Scalar;
        expect(values(tf.grad(loss)(tf.tensor2d([2, 4], [2, 1])))).toEqual([1, 1]);
        model.dispose();
      }),
    ));

  it('moves its running statistics once a training forward, without reading back', () =>
    expectNoLeak(() => {
      const model = modelOf({ momentum: 0.5 }, [2, 1]);
      const x = tf.tensor2d([2, 4], [2, 1]);
      const reads = vi.spyOn(tf.backend(), 'readSync');
      tf.tidy(() => {
        model.apply(x, { training: true });
        model.apply(x, { training: false });
        model.predict(x);
      });
      expect(reads).not.toHaveBeenCalled();
      reads.mockRestore();
      expect(model.getWeights().slice(2).map(values)).toEqual([[1.5], [1]]);
      x.dispose();
      model.dispose();
    }));
});

describe('batchNorm', () => {
  it('has gradients of gradients', () =>
    expectNoLeak(() =>
      tf.tidy(() => {
        const x = tf.tensor2d([1, 2, 4, 3, -1, 0.5], [3, 2]);
        const weights = tf.tensor2d([1, -2, 3, 1, 0.5, 2], [3, 2]);
        const penalty = (x: tf.Tensor) => {
          const loss = (x: tf.Tensor) => tf.sum(tf.mul(tf.square(batchNorm(x, { training: true })), weights));
          return tf.sum(tf.square(tf.grad(loss)(x)));
        };
        const slope = values(tf.grad(penalty)(x));
        const step = 2e-3;
        for (const [i, value] of slope.entries()) {
          const moved = (by: number) => {
            const at = values(x).map((element, j) => (i === j ? element + by : element));
            return penalty(tf.tensor2d(at, [3, 2])).dataSync()[0] as number;
          };
          const expected = (moved(step) - moved(-step)) / (2 * step);
          expect(Math.abs(value - expected)).toBeLessThan(0.02 + 0.02 * Math.abs(expected));
        }
      }),
    ));

  it('refuses what does not fit', () =>
    expectNoLeak(() => {
      const x = tf.zeros([4, 3]);
      const [three, four] = [testVariable([1, 2, 3]), testVariable([1, 2, 3, 4])];
      const flat = tf.zeros([3]);
      const empty = tf.zeros([0, 3]);
      const run =
        (options: object, input: tf.Tensor = x) =>
        () =>
          batchNorm(input, { training: true, ...options });
      const name = '[loopwright/tensorflow] batchNorm: ';
      expect(run({}, flat)).toThrow(`${name}x must be a float32 tensor of shape […, channels], got tensor`);
      expect(run({}, tf.scalar(1, 'int32'))).toThrow('x must be a float32 tensor');
      expect(run({}, empty)).toThrow(`${name}x must hold at least one value, got shape [0, 3]`);
      expect(run({ scale: four })).toThrow(`${name}scale must be a float32 tensor of shape [3]`);
      expect(run({ offset: four })).toThrow('offset must be');
      expect(run({ runningMean: three })).toThrow('runningVariance must be a float32 tensor of shape [3]');
      expect(run({ training: false })).toThrow(
        `${name}runningMean and runningVariance are needed where training is false`,
      );
      expect(run({ training: 1 })).toThrow('training must be true or false, got 1');
      expect(run({ momentum: 1.5 })).toThrow('momentum must be a finite number at least 0 and at most 1');
      expect(run({ epsilon: -1 })).toThrow('epsilon must be');
      expect(run({ update: 'torch' })).toThrow('update must be one of "pytorch", "keras"');
      expect(run({ eps: 1 })).toThrow('unknown option "eps"');
      tf.dispose([x, three, four, flat, empty]);
    }, 1));
});
