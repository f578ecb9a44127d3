import { readFileSync } from 'node:fs';
import { crossEntropy } from '@loopwright/losses';
import { SGD } from '@loopwright/optimizers';
import { expectNoLeak } from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resnet18 } from '../../../examples/models/resnet18.ts';
import { simplifiedVgg } from '../../../examples/models/simplified-vgg.ts';
import { smallNet } from '../../../examples/models/small-net.ts';
import { xresnet18 } from '../../../examples/models/xresnet18.ts';
import { classifiedImages } from './generated-values.ts';
import { loadGeneratedWeights } from './generated-weights.ts';
import { type GradientSummary, summarizeGradients } from './gradients.ts';

interface Golden {
  readonly batchSize: number;
  readonly cases: {
    readonly name: string;
    readonly classes: number;
    readonly side: number;
    readonly parameters: number;
    readonly evaluation: number[][];
    readonly training: number[][];
    readonly gradients: Record<string, GradientSummary>;
  }[];
}

interface Options {
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  readonly seed: number;
}

const golden: Golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8'));
const native = tf.getBackend() === 'tensorflow';

/** The models of other libraries, without dropout, which no two of them repeat. */
const models: Record<string, (options: Options) => tf.LayersModel> = {
  resnet18: (options) => resnet18(tf, options),
  xresnet18: (options) => xresnet18(tf, options),
  'xresnet18 with Mish and self-attention': (options) =>
    xresnet18(tf, { ...options, selfAttention: true, activation: 'mish' }),
  smallNet: (options) => smallNet(tf, { ...options, dropout: { convolution: 0, linear: 0 } }),
  simplifiedVgg: (options) => simplifiedVgg(tf, { ...options, dropout: 0 }),
};

it('has expected values for every model', () => {
  expect(golden.cases.map(({ name }) => name)).toEqual(Object.keys(models));
});

describe.each(golden.cases)('$name against PyTorch', ({ name, classes, side, ...expected }) => {
  let model: tf.LayersModel;
  beforeAll(() => {
    model = models[name]!({ inputShape: [side, side, 3], classes, seed: 1 });
  });
  afterAll(() => model.dispose());

  it('has as many weights', () => {
    const sizes = model.trainableWeights.map(({ shape }) => tf.util.sizeFromShape(shape as number[]));
    expect(sizes.reduce((total, size) => total + size)).toBe(expected.parameters);
    expect(model.outputShape).toEqual([null, classes]);
  });

  it('gives the same logits', () =>
    expectNoLeak(() => {
      const { images, labels } = classifiedImages(name, golden.batchSize, classes, side);
      loadGeneratedWeights(model);
      for (const mode of ['evaluation', 'training'] as const) {
        const logits = tf.tidy(() => model.apply(images, { training: mode === 'training' }) as tf.Tensor2D);
        expectClose(logits.arraySync().flat(), expected[mode].flat(), mode);
        logits.dispose();
      }
      tf.dispose([images, labels]);
    }));
});

/**
 * A larger model's gradients take the pure JavaScript backend minutes. Where a side is odd they are also wrong there: its
 * gradient of average pooling divides by all pixels of a window, its pooling by those inside the image.
 */
const differentiated = golden.cases.filter(({ name }) => native || name === 'smallNet');

it.each(differentiated)('$name has the gradients of PyTorch', ({ name, classes, side, gradients }) =>
  expectNoLeak(() => {
    const model = models[name]!({ inputShape: [side, side, 3], classes, seed: 1 });
    loadGeneratedWeights(model);
    const { images, labels } = classifiedImages(name, golden.batchSize, classes, side);
    const { value, grads } = tf.variableGrads(() =>
      crossEntropy(model.apply(images, { training: true }) as tf.Tensor, labels),
    );
    expectSameGradients(summarizeGradients(model, grads), gradients);
    tf.dispose([images, labels, value, grads]);
    model.dispose();
  }),
);

describe('every model, as it comes', () => {
  const asTheyCome: typeof models = {
    ...models,
    smallNet: (options) => smallNet(tf, options),
    simplifiedVgg: (options) => simplifiedVgg(tf, options),
  };

  it.each(Object.entries(asTheyCome))('trains a step on tiny images and leaves no tensor: %s', (_, build) =>
    expectNoLeak(() => {
      const model = build({ inputShape: [8, 8, 3], classes: 3, seed: 1 });
      const { images, labels } = classifiedImages('tiny', 3, 3, 8);
      const optimizer = new SGD(model, { learningRate: 0.01 });
      const loss = optimizer.minimize(() =>
        crossEntropy(model.apply(images, { training: true }) as tf.Tensor, labels),
      );
      expect(loss.dataSync()[0]).toBeGreaterThan(0);
      tf.dispose([images, labels, loss]);
      optimizer.dispose();
      model.dispose();
    }),
  );
});

/** To 1e-4 of the largest logit where that is above 1: each is a sum of thousands of float32 products. */
function expectClose(actual: readonly number[], expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const difference = Math.max(...actual.map((value, index) => Math.abs(value - expected[index]!)));
  expect(difference / scale, what).toBeLessThan(1e-4);
}

/**
 * To 1e-3 of each gradient's norm: they pass up to 20 batch normalizations of as few as four values, and PyTorch's are
 * 2e-4 from ours at most. Biases before a batch normalization have a gradient of zero, and of rounding.
 */
function expectSameGradients(
  actual: Readonly<Record<string, GradientSummary>>,
  expected: Readonly<Record<string, GradientSummary>>,
): void {
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, [norm, product]] of Object.entries(expected)) {
    const [actualNorm, actualProduct] = actual[name]!;
    const tolerance = 1e-3 * norm + 1e-6;
    expect(Math.abs(actualNorm - norm), `norm of the gradient of ${name}`).toBeLessThan(tolerance);
    expect(Math.abs(actualProduct - product), `gradient of ${name}`).toBeLessThan(tolerance);
  }
}
