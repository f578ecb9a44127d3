/**
 * What TensorFlow.js 4.22 does that a loop must not build on. Each test pins the behaviour down, so that a release which
 * mends it is noticed, and shows that the part of ours which steps around it does. Native kernels of ours are off here.
 */
import { namedVariables, RandomStream } from '@loopwright/core';
import { crossEntropy } from '@loopwright/losses';
import { RMSprop, SGD } from '@loopwright/optimizers';
import { tinyBatch, tinyClassifier } from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedVariableMap } from '@tensorflow/tfjs-core/dist/tensor_types.js';
import * as layers from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let restore = () => {};
beforeAll(async () => {
  if (tf.getBackend() !== 'tensorflow') return;
  const { accelerate } = await import('@loopwright/tensorflow');
  restore = accelerate({ enabled: false });
});
afterAll(() => restore());

const values = (tensor: tf.Tensor) => Array.from(tensor.dataSync());
const only = (variable: tf.Variable) => values(variable)[0]!;
const gradient = (name: string, value: number): Record<string, tf.Tensor> => ({
  [name]: tf.tensor1d([value]),
});
/** The stock optimizers' types ask for variables where any tensor serves. */
const applyStock = (optimizer: tf.Optimizer, gradients: Record<string, tf.Tensor>) =>
  optimizer.applyGradients(gradients as NamedVariableMap);
const weight = (value = 0) => tf.variable(tf.tensor1d([value]));

describe('stock optimizers', () => {
  it('momentum: setMomentum does nothing', () => {
    const w = weight();
    const stock = tf.train.momentum(1, 0.5);
    applyStock(stock, gradient(w.name, 1));
    (stock as unknown as { setMomentum(value: number): void }).setMomentum(0);
    applyStock(stock, gradient(w.name, 1));
    expect(only(w)).toBe(-2.5); // −1, then −(0.5·1 + 1): the old momentum

    const ours = new SGD({ w }, { learningRate: 1, momentum: 0.5 });
    w.assign(tf.tensor1d([0]));
    ours.step(gradient('w', 1));
    ours.paramGroups[0]!.momentum = 0;
    ours.step(gradient('w', 1));
    expect(only(w)).toBe(-2);
  });

  it('sgd: assigning learningRate is ignored', () => {
    const w = weight();
    const stock = tf.train.sgd(1);
    (stock as unknown as { learningRate: number }).learningRate = 0.1;
    applyStock(stock, gradient(w.name, 1));
    expect(only(w)).toBe(-1);

    const ours = new SGD({ w }, { learningRate: 1 });
    ours.paramGroups[0]!.learningRate = 0.5;
    ours.step(gradient('w', 1));
    expect(only(w)).toBe(-1.5);
  });

  it('slots are kept by position: freezing a variable hands its slot to the next', () => {
    const [a, b] = [weight(), weight()];
    const stock = tf.train.momentum(1, 1);
    applyStock(stock, { ...gradient(a.name, 8), ...gradient(b.name, 0) });
    applyStock(stock, gradient(b.name, 0));
    expect(only(b)).toBe(-8); // moved by the other variable's momentum

    const ours = new SGD({ a, b }, { learningRate: 1, momentum: 1 });
    b.assign(tf.tensor1d([0]));
    ours.step({ ...gradient('a', 8), ...gradient('b', 0) });
    a.trainable = false;
    ours.step(gradient('b', 0));
    expect(only(b)).toBe(0);
  });

  it('getWeights returns the live variables, not copies', async () => {
    const w = weight();
    const stock = tf.train.momentum(1, 0.5);
    applyStock(stock, gradient(w.name, 1));
    const slot = (await stock.getWeights())[1]!.tensor;
    applyStock(stock, gradient(w.name, 1));
    expect(values(slot)).toEqual([1.5]);
  });

  it('adamax cannot be saved', async () => {
    await expect(tf.train.adamax(1e-3).getWeights()).rejects.toThrow('not implemented');
  });

  it('adam: a resumed run is not the same run', async () => {
    const steps = (optimizer: tf.AdamOptimizer, name: string, count: number) => {
      for (let i = 0; i < count; i++) applyStock(optimizer, gradient(name, Math.cos(i + 1)));
    };
    const [whole, resumed] = [weight(), weight()];
    const first = tf.train.adam(0.1);
    steps(first, whole.name, 30);
    const saved = await first.getWeights();
    const second = tf.train.adam(0.1);
    await second.setWeights(saved.map(({ name, tensor }) => ({ name, tensor: tf.clone(tensor) })));
    resumed.assign(whole);
    steps(first, whole.name, 1);
    steps(second, resumed.name, 1);
    expect(only(resumed)).not.toBe(only(whole));
  });

  it('adadelta divides by the accumulator from before the step', () => {
    const w = weight();
    applyStock(tf.train.adadelta(1, 0.9, 1e-6), gradient(w.name, 1));
    expect(only(w)).toBeCloseTo(-1, 6); // √ε/√ε, where √ε/√(0.1 + ε) = 0.003 is the rule
  });

  it('centered rmsprop gives NaN on a zero gradient', () => {
    const w = weight();
    applyStock(tf.train.rmsprop(0.1, 0.9, 0, 0, true), gradient(w.name, 0));
    expect(only(w)).toBeNaN();

    w.assign(tf.tensor1d([0]));
    new RMSprop({ w }, { learningRate: 0.1, decay: 0.9, centered: true }).step(gradient('w', 0));
    expect(only(w)).toBe(0);
  });
});

describe('random numbers', () => {
  it('a seed of 0 means no seed', () => {
    expect(values(tf.randomNormal([4], 0, 1, 'float32', 0))).not.toEqual(
      values(tf.randomNormal([4], 0, 1, 'float32', 0)),
    );
    expect(new RandomStream(0).normal()).toBe(new RandomStream(0).normal());
  });

  it('a seeded dropout layer repeats its mask', () => {
    const dropout = layers.layers.dropout({ rate: 0.5, seed: 3 });
    const input = tf.ones([1, 64]);
    const [first, second] = [0, 1].map(() => values(dropout.apply(input, { training: true }) as tf.Tensor));
    expect(first).toEqual(second);
  });

  it('tf.util.shuffle takes no seed; permutations of a stream do', () => {
    expect(tf.util.shuffle.length).toBe(1);
    expect([...new RandomStream(1).permutation(50)]).toEqual([...new RandomStream(1).permutation(50)]);
  });
});

describe('layers', () => {
  it.each([{ scale: false }, { center: false }])(
    'batch normalization with %o throws in training',
    (options) => {
      const model = layers.sequential({
        layers: [layers.layers.batchNormalization({ inputShape: [2], ...options })],
      });
      expect(() => model.apply(tf.ones([3, 2]), { training: true })).toThrow();
    },
  );

  it('every training forward moves the running statistics, an inference forward does not', () => {
    const model = tinyClassifier();
    const mean = namedVariables(model)['norm/moving_mean']!;
    const before = values(mean);
    const { inputs } = tinyBatch();
    model.apply(inputs, { training: false });
    expect(values(mean)).toEqual(before);
    model.apply(inputs, { training: true });
    expect(values(mean)).not.toEqual(before);
  });

  it('regularizers are not in the loss of a hand-written loop', () => {
    const kernelRegularizer = layers.regularizers.l2({ l2: 0.5 });
    const model = layers.sequential({
      layers: [layers.layers.dense({ units: 3, inputShape: [4], useBias: false, kernelRegularizer })],
    });
    const { inputs, labels } = tinyBatch();
    const lossWith = (penalty: () => tf.Scalar) =>
      tf.variableGrads(() => {
        const loss = crossEntropy(model.apply(inputs, { training: true }) as tf.Tensor2D, labels);
        return tf.add(loss, penalty()) as tf.Scalar;
      }).value;
    const plain = only(lossWith(() => tf.scalar(0)) as unknown as tf.Variable);
    const withPenalties = lossWith(() => model.calculateLosses()[0]!);
    const squares = values(model.getWeights()[0]!).reduce((sum, value) => sum + value * value, 0);
    expect(values(withPenalties)[0]! - plain).toBeCloseTo(0.5 * squares, 4);
  });
});

describe('gradients', () => {
  const gradientOf = (f: (x: tf.Tensor) => tf.Tensor) => () => tf.grad(f)(tf.tensor2d([[1, 2, 3, 4]]));

  it.each<[string, (x: tf.Tensor) => tf.Tensor]>([
    ['topk', (x) => tf.topk(x, 2).values],
    ['gatherND', (x) => tf.gatherND(x, tf.tensor2d([[0, 1]], [1, 2], 'int32'))],
    ['stridedSlice', (x) => tf.stridedSlice(x, [0, 0], [1, 4], [1, 2])],
    ['depthToSpace', (x) => tf.depthToSpace(tf.reshape(x, [1, 1, 1, 4]) as tf.Tensor4D, 2)],
    ['flipLeftRight', (x) => tf.image.flipLeftRight(tf.reshape(x, [1, 2, 2, 1]) as tf.Tensor4D)],
    ['einsum', (x) => tf.einsum('ij->i', x)],
  ])('%s has none', (_, f) => {
    expect(gradientOf(f)).toThrow(/gradient/);
  });

  it.each([
    ['greater', tf.greater],
    ['less', tf.less],
    ['equal', tf.equal],
  ] as const)('%s throws on the tape', (_, compare) => {
    expect(gradientOf((x) => tf.mul(x, tf.cast(compare(x, 2), 'float32')))).toThrow(/gradient/);
  });
});
