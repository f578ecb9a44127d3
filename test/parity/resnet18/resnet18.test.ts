import { readFileSync } from 'node:fs';
import { namedVariables } from '@loopwright/core';
import { crossEntropy } from '@loopwright/losses';
import { AdamW, type Optimizer, SGD } from '@loopwright/optimizers';
import { expectNoLeak } from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resnet18 } from '../../../examples/models/resnet18.ts';
import { torchWeightsOf } from '../../../examples/models/torch-names.ts';
import { classifiedImages } from '../models/generated-values.ts';
import { loadGeneratedWeights } from '../models/generated-weights.ts';

interface Golden {
  readonly cases: {
    readonly parameters: number;
    readonly shapes: Record<string, number[]>;
    readonly batchSize: number;
    readonly evaluation: number[][];
    readonly training: number[][];
    readonly runs: {
      readonly optimizer: 'AdamW' | 'SGD';
      readonly options: Record<string, number>;
      readonly losses: number[];
      readonly statistics: { readonly running_mean: number[]; readonly running_var: number[] };
    }[];
  };
}

type Step = (images: tf.Tensor, labels: tf.Tensor) => tf.Scalar;
type Mode = readonly [name: string, wrap: (step: Step) => Step & { dispose?(): void }];

const { cases }: Golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8'));

const optimizers = { AdamW, SGD };
const native = tf.getBackend() === 'tensorflow';
const eager: Mode = ['eager', (step) => step];
/** The pure JavaScript backend would take half an hour; there the logits are compared. */
const modes: Mode[] = native ? [eager, ['compiled', (await import('@loopwright/tensorflow')).compile]] : [];

describe('ResNet-18 against PyTorch', () => {
  let model: tf.LayersModel;
  beforeAll(() => {
    model = resnet18(tf, { inputShape: [32, 32, 3], classes: 10, seed: 1 });
  });
  afterAll(() => model.dispose());

  it("has torchvision's weights", () => {
    const weights = Object.entries(torchWeightsOf(model)).map(([name, { torchShape }]) => [name, torchShape]);
    const expected = Object.entries(cases.shapes).filter(([name]) => !name.endsWith('num_batches_tracked'));
    expect(Object.fromEntries(weights)).toEqual(Object.fromEntries(expected));
    const trained = model.trainableWeights.map((weight) => tf.util.sizeFromShape(weight.shape as number[]));
    expect(trained.reduce((total, size) => total + size)).toBe(cases.parameters);
  });

  // Logits of up to 10, each a sum of thousands of float32 products.
  it.each([
    ['evaluation', false],
    ['training', true],
  ] as const)('gives its logits to 1e-4 in %s', (name, training) =>
    expectNoLeak(() => {
      loadGeneratedWeights(model);
      const { images, labels } = classifiedImages('logits', 8, 10, 32);
      const logits = tf.tidy(() => model.apply(images, { training }) as tf.Tensor2D);
      expect(largestDifference(logits.arraySync().flat(), cases[name].flat())).toBeLessThan(1e-4);
      tf.dispose([images, labels, logits]);
    }),
  );

  // In another memory layout or in float64 PyTorch is 1e-4 from itself, as we are from it: see make_golden.py.
  const runs = modes.flatMap(([mode, wrap]) => cases.runs.map((run) => ({ ...run, mode, wrap })));
  it.for(runs)('has its losses to 1e-3 in 20 steps: $optimizer, $mode', (run) =>
    expectNoLeak(() => {
      loadGeneratedWeights(model);
      const optimizer: Optimizer = new optimizers[run.optimizer](model, run.options);
      const trainStep = run.wrap((images, labels) =>
        optimizer.minimize(() => crossEntropy(model.apply(images, { training: true }) as tf.Tensor, labels)),
      );
      const ratios = run.losses.map((expected, index) => {
        const { images, labels } = classifiedImages(`step ${index}`, cases.batchSize, 10, 32);
        const loss = trainStep(images, labels);
        const [actual] = loss.dataSync();
        tf.dispose([images, labels, loss]);
        return actual! / expected;
      });
      expect(largestDifference(ratios, Array(ratios.length).fill(1))).toBeLessThan(1e-3);
      expectStatistics(model, run.statistics);
      trainStep.dispose?.();
      optimizer.dispose();
    }),
  );
});

/**
 * The running statistics of the first batch normalization. The variance of a batch goes into them as it is in
 * TensorFlow.js, and times n / (n - 1) in PyTorch: here n is 16,384.
 */
function expectStatistics(
  model: tf.LayersModel,
  expected: Golden['cases']['runs'][number]['statistics'],
): void {
  const variables = namedVariables(model);
  const mean = [...variables['bn1/moving_mean']!.dataSync()];
  expect(largestDifference(mean, expected.running_mean)).toBeLessThan(1e-4);
  const variance = [...variables['bn1/moving_variance']!.dataSync()];
  const ratios = variance.map((value, index) => value / expected.running_var[index]!);
  expect(largestDifference(ratios, Array(ratios.length).fill(1))).toBeLessThan(1e-3);
}

function largestDifference(actual: readonly number[], expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(...actual.map((value, index) => Math.abs(value - expected[index]!)));
}
