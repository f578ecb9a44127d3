import { readFileSync } from 'node:fs';
import { crossEntropy } from '@loopwright/losses';
import { expectNoLeak } from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type AirbenchNet, airbenchNet } from '../../../examples/models/airbench-net.ts';
import { symmetricEigen } from '../../../examples/models/symmetric-eigen.ts';
import { whiteningFilters } from '../../../examples/models/whitening-filters.ts';
import { batchNorm } from '../../../packages/tensorflow/src/accelerate/batch-norm.ts';
import { gelu } from '../../../packages/tensorflow/src/accelerate/smooth-activations.ts';
import { classifiedImages, uniform, weight } from '../models/generated-values.ts';

type Summary = readonly [norm: number, product: number];

interface Golden {
  readonly batchSize: number;
  readonly networks: readonly {
    readonly name: string;
    readonly widths: readonly number[];
    readonly depths: readonly (2 | 3)[];
    readonly parameters: number;
    readonly evaluation: number[][];
    readonly training: number[][];
    readonly gradients: Readonly<Record<string, Summary>>;
    readonly statistics: Readonly<Record<string, Summary>>;
  }[];
  readonly whitening: { readonly values: number[]; readonly filters: number[][] };
}

const golden: Golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8'));
const engine = { tf, batchNorm, gelu };
/** The full network takes the pure JavaScript backend a minute. */
const networks = golden.networks.filter(({ name }) => name !== 'full' || tf.getBackend() === 'tensorflow');

describe.each(networks)('the $name network against PyTorch', ({ name, widths, depths, ...expected }) => {
  const withNet = (use: (net: AirbenchNet, images: tf.Tensor4D, labels: tf.Tensor1D) => void) =>
    expectNoLeak(() => {
      const net = airbenchNet(engine, { widths, depths, seed: 1 });
      loadGeneratedWeights(net);
      const { images, labels } = classifiedImages(name, golden.batchSize, 10, 32);
      use(net, images as tf.Tensor4D, labels as tf.Tensor1D);
      tf.dispose([images, labels]);
      net.dispose();
    });
  const logitsOf = (net: AirbenchNet, images: tf.Tensor4D, training: boolean) =>
    tf.tidy(() => net.apply(net.whiten(images), { training }));

  it('has as many weights', () =>
    withNet(({ variables }) => {
      const sizes = Object.entries(variables).filter(([key]) => !key.includes('running'));
      expect(sizes.reduce((total, [, { size }]) => total + size, 0)).toBe(expected.parameters);
    }));

  it('gives the same logits, and moves the running statistics alike', () =>
    withNet((net, images) => {
      for (const mode of ['evaluation', 'training'] as const) {
        const logits = logitsOf(net, images, mode === 'training');
        expectClose(logits.arraySync().flat(), expected[mode].flat());
        logits.dispose();
      }
      for (const [key, summary] of Object.entries(expected.statistics)) {
        expectSame(key, summarize(key, net.variables[key]!), summary);
      }
    }));

  it('has the same gradients, and none of the whitening filters', () =>
    withNet((net, images, labels) => {
      const { value, grads } = tf.variableGrads(() =>
        crossEntropy(logitsOf(net, images, true), labels, { labelSmoothing: 0.2, reduction: 'sum' }),
      );
      const names = Object.keys(net.variables).filter((key) => net.variables[key]!.name in grads);
      expect(names.sort()).toEqual(Object.keys(expected.gradients).sort());
      for (const key of names) {
        expectSame(key, summarize(key, grads[net.variables[key]!.name]!), expected.gradients[key]!);
      }
      tf.dispose([value, grads]);
    }));
});

describe('a new network', () => {
  it('passes on what a convolution gets, as far as it has filters for it, and draws the others', () =>
    expectNoLeak(() => {
      const net = airbenchNet(engine, { widths: [40, 24, 24], seed: 1 });
      const x = tf.randomNormal([2, 5, 5, 24], 0, 1, 'float32', 1) as tf.Tensor4D;
      const through = (name: string) => tf.conv2d(x, net.variables[name] as never, 1, 'same') as tf.Tensor4D;
      const widening = through('block1.conv1.weight');
      expect(tf.tidy(() => tf.slice(widening, 0, [2, 5, 5, 24]).dataSync())).toEqual(x.dataSync());
      const drawn = tf.tidy(() => [
        ...tf.slice(net.variables['block1.conv1.weight']!, [0, 0, 0, 24]).dataSync(),
      ]);
      const bound = 1 / Math.sqrt(9 * 24);
      expect(Math.max(...drawn)).toBeLessThanOrEqual(bound);
      expect(Math.sqrt(dot(drawn, drawn) / drawn.length)).toBeCloseTo(bound / Math.sqrt(3), 2);
      const same = through('block3.conv2.weight');
      expect(same.dataSync()).toEqual(x.dataSync());
      tf.dispose([x, widening, same]);
      net.dispose();
    }));

  it('depends on the seed', () =>
    expectNoLeak(() => {
      const nets = [1, 1, 2].map((seed) => airbenchNet(engine, { widths: [8, 8, 8], seed }));
      const heads = nets.map(({ variables }) => variables['head.weight']!.dataSync().join());
      expect(heads[1]).toBe(heads[0]);
      expect(heads[2]).not.toBe(heads[0]);
      for (const net of nets) net.dispose();
    }));
});

describe('whitening filters', () => {
  it('are those of PyTorch, up to signs, and their negatives', () =>
    expectNoLeak(async () => {
      const { images, labels } = classifiedImages('whitened', 8, 10, 16);
      const filters = await whiteningFilters(tf, images as tf.Tensor4D, 2);
      expect(filters.shape).toEqual([2, 2, 3, 24]);
      const rows = tf.tidy(() => tf.transpose(tf.reshape(filters, [12, 24])).arraySync() as number[][]);
      for (const [index, expected] of golden.whitening.filters.entries()) {
        const sign = Math.sign(dot(rows[index]!, expected));
        expectClose(
          rows[index]!.map((value) => sign * value),
          expected,
        );
        expect(rows[12 + index]).toEqual(rows[index]!.map((value) => -value));
      }
      tf.dispose([images, labels, filters]);
    }));

  it('make what they are given uncorrelated, and of variance one where it varies', () =>
    expectNoLeak(async () => {
      const { images, labels } = classifiedImages('whitened', 8, 10, 16);
      const filters = await whiteningFilters(tf, images as tf.Tensor4D, 2);
      const moments = tf.tidy(() => {
        const half = tf.slice(filters, 0, [2, 2, 3, 12]) as tf.Tensor4D;
        const rows = tf.reshape(tf.conv2d(images as tf.Tensor4D, half, 1, 'valid'), [-1, 12]) as tf.Tensor2D;
        return tf.div(tf.matMul(rows, rows, true), rows.shape[0]).arraySync() as number[][];
      });
      for (const [row, values] of moments.entries()) {
        for (const [column, value] of values.entries()) {
          const variance = golden.whitening.values[row]!;
          expect(value).toBeCloseTo(row === column ? variance / (variance + 5e-4) : 0, 3);
        }
      }
      tf.dispose([images, labels, filters]);
    }));
});

describe('eigenvalues and eigenvectors of a symmetric matrix', () => {
  it('are found, equal and negative ones and zeros included', () => {
    expect(symmetricEigen([[5]])).toEqual([{ value: 5, vector: [1] }]);
    const matrix = [
      [0, 1, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
    ];
    const found = symmetricEigen(matrix);
    for (const [index, value] of [1, 1, 0, -1].entries()) expect(found[index]!.value).toBeCloseTo(value, 12);
    for (const { value, vector } of found) {
      expect(dot(vector, vector)).toBeCloseTo(1, 12);
      for (const [row, elements] of matrix.entries())
        expect(dot(elements, vector)).toBeCloseTo(value * vector[row]!, 12);
    }
  });
});

/** Gives the network the weights that `load_generated` gives PyTorch's, by their names there. */
function loadGeneratedWeights({ variables }: AirbenchNet): void {
  for (const [name, held] of Object.entries(variables)) {
    tf.tidy(() => {
      const value = weight(name, torchShape(held.shape));
      held.assign(fromTorch(value));
    });
  }
}

/** [out, in, height, width] and [out, in], where ours are [height, width, in, out] and [in, out]. */
function torchShape(shape: readonly number[]): number[] {
  return shape.length === 4 ? [3, 2, 0, 1].map((axis) => shape[axis]!) : [...shape].reverse();
}

function fromTorch(value: tf.Tensor): tf.Tensor {
  return value.rank === 4 ? tf.transpose(value, [2, 3, 1, 0]) : tf.transpose(value);
}

/** Norm, and product with a generated vector, in PyTorch's layout. */
function summarize(name: string, value: tf.Tensor): Summary {
  const values = tf.tidy(() => [
    ...(value.rank === 4 ? tf.transpose(value, [3, 2, 0, 1]) : tf.transpose(value)).dataSync(),
  ]);
  return [Math.sqrt(dot(values, values)), dot(values, uniform(`probe of ${name}`, values.length, 1))];
}

/** To 1e-4 of the largest value: each is a sum of thousands of float32 products. */
function expectClose(actual: readonly number[], expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  const difference = Math.max(...actual.map((value, index) => Math.abs(value - expected[index]!)));
  expect(difference / scale).toBeLessThan(1e-4);
}

/** To 1e-3 of the norm, as gradients pass six batch normalizations of as few as 36 values. */
function expectSame(name: string, [norm, product]: Summary, expected: Summary): void {
  const tolerance = 1e-3 * expected[0] + 1e-6;
  expect(Math.abs(norm - expected[0]), `norm of ${name}`).toBeLessThan(tolerance);
  expect(Math.abs(product - expected[1]), name).toBeLessThan(tolerance);
}

function dot(left: readonly number[], right: ArrayLike<number>): number {
  return left.reduce((sum, value, index) => sum + value * right[index]!, 0);
}
