import { readFileSync } from 'node:fs';
import { namedVariables } from '@loopwright/core';
import { expectNoLeak } from '@loopwright/test-utils';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { paddedMaxPooling } from '../../../examples/models/padded-max-pooling.ts';
import { selfAttention } from '../../../examples/models/self-attention.ts';
import { imagesOf, uniform } from './generated-values.ts';
import { loadGeneratedWeights } from './generated-weights.ts';

interface Golden {
  readonly attention: {
    readonly steps: {
      readonly output: number[];
      readonly imageGradient: number[];
      readonly kernelGradient: number[];
      readonly gammaGradient: number[];
      readonly left: number[];
      readonly right: number[];
    }[];
    readonly evaluation: number[];
  };
  readonly pooling: { readonly side: number; readonly output: number[]; readonly gradient: number[] }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8'));

// Values of the order of 1, some sums of tens of products: float32 holds them to a few units of 1e-7.
const tolerance = 1e-5;

describe("self-attention against fastai's", () => {
  const { steps, evaluation } = golden.attention;
  const shape = [2, 6, 4, 3];
  const sample = (name: string) => imagesOf(uniform(`attention ${name}`, 2 * 6 * 4 * 3, 1), shape);

  it('in training, step after step, and in evaluation', () =>
    expectNoLeak(() => {
      const image = tf.tidy(() => tf.variable(sample('image')));
      const direction = sample('direction');
      const layer = selfAttention(tf, { name: 'attention', seed: 1 });
      const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [4, 3, 6] }), layer] });
      loadGeneratedWeights(model);
      const weights = namedVariables(model);
      const [kernel, gamma] = [weights['attention/kernel']!, weights['attention/gamma']!];

      for (const expected of steps) {
        let output!: tf.Tensor;
        const { value, grads } = tf.variableGrads(() => {
          output = tf.keep(layer.apply(image, { training: true }) as tf.Tensor);
          return tf.sum(tf.mul(output, direction)) as tf.Scalar;
        });
        expectClose(output, expected.output);
        expectClose(grads[image.name]!, expected.imageGradient);
        expectClose(grads[kernel.name]!, expected.kernelGradient);
        expectClose(grads[gamma.name]!, expected.gammaGradient);
        expectClose(weights['attention/left']!, expected.left);
        expectClose(weights['attention/right']!, expected.right);
        tf.dispose([output, value, grads]);
      }
      const evaluated = layer.apply(image) as tf.Tensor;
      expectClose(evaluated, evaluation);
      tf.dispose([image, direction, evaluated]);
      model.dispose();
    }));
});

describe.each(golden.pooling)('max pooling of negative images of side $side', ({ side, ...expected }) => {
  it("is PyTorch's, and so is its gradient", () =>
    expectNoLeak(() => {
      const layer = paddedMaxPooling(tf);
      const image = imagesOf(uniform('pooled image', 2 * side * side, 1, -2), [1, 2, side, side]);
      const pooled = layer.apply(image) as tf.Tensor;
      const gradient = tf.grad((x) => tf.sum(tf.square(layer.apply(x) as tf.Tensor)))(image);
      expect(pooled.shape).toEqual(layer.computeOutputShape(image.shape));
      expectClose(pooled, expected.output);
      expectClose(gradient, expected.gradient);
      tf.dispose([image, pooled, gradient]);
    }));
});

function expectClose(actual: tf.Tensor, expected: readonly number[]): void {
  expect(actual.size).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  const differences = [...actual.dataSync()].map((value, index) => Math.abs(value - expected[index]!));
  expect(Math.max(...differences) / scale).toBeLessThan(tolerance);
}
