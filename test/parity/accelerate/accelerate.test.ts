import { readFileSync } from 'node:fs';
import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import {
  clipByValue,
  dispose,
  elu,
  getBackend,
  grad,
  grads,
  leakyRelu,
  maxPool,
  mul,
  relu,
  relu6,
  selu,
  sigmoid,
  softplus,
  sum,
  type Tensor,
  type Tensor4D,
  tanh,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { batchNorm } from '../../../packages/tensorflow/src/accelerate/batch-norm.ts';
import { gelu, mish, swish } from '../../../packages/tensorflow/src/accelerate/smooth-activations.ts';

type Nested = number | Nested[];
interface Golden {
  cases: {
    activations: {
      name: string;
      x: number[];
      weights: number[];
      y: number[];
      gradient: number[];
      second: number[];
    }[];
    batchNorm: {
      name: string;
      x: Nested;
      scale: number[];
      offset: number[];
      runningMean: number[];
      runningVariance: number[];
      dy: Nested;
      momentum: number;
      y: Nested;
      gradients: Nested[];
      newMean: number[];
      newVariance: number[];
      newBiasedVariance: number[];
      inference: Nested;
      inferenceGradients: Nested[];
    }[];
    maxPooling: {
      name: string;
      kernel: number;
      stride: number;
      padding: number;
      x: Nested;
      dy: Nested;
      y: Nested;
      gradient: Nested;
    }[];
  };
}

const { cases }: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));
const onNative = getBackend() === 'tensorflow';

/** PyTorch computed in float64. Sums of some tens of float32 products are good to some units of 1e-6. */
function expectClose(actual: Tensor, expected: Nested, tolerance = 1e-5): void {
  const wanted = [expected].flat(9) as number[];
  const values = [...actual.dataSync()];
  expect(values.length).toBe(wanted.length);
  for (const [i, value] of values.entries()) {
    const reference = wanted[i] as number;
    const allowed = tolerance + tolerance * Math.abs(reference);
    expect(Math.abs(value - reference), `element ${i}: ${value}, expected ${reference}`).toBeLessThanOrEqual(
      allowed,
    );
  }
}

const floats = (values: Nested) => tensor(values as number[], undefined, 'float32');
const images = (values: Nested) => floats(values) as Tensor4D;

const activations: Record<string, (x: Tensor) => Tensor> = {
  relu,
  relu6,
  elu,
  selu,
  leakyRelu: (x) => leakyRelu(x, 0.2),
  sigmoid,
  tanh,
  softplus,
  swish,
  mish,
  gelu: (x) => gelu(x),
  geluTanh: (x) => gelu(x, { form: 'tanh' }),
  clipByValue: (x) => clipByValue(x, -1, 1.5),
};
/**
 * Those with gradients of gradients. TensorFlow.js throws for others of its own, or leaves out the part that comes from
 * an output that it keeps.
 */
const twice = ['swish', 'mish', 'gelu', 'geluTanh', ...(onNative ? ['softplus'] : [])];

describe('activations have the values and gradients of PyTorch', () => {
  it.each(cases.activations)('$name', ({ name, x, weights, y, gradient, second }) =>
    expectNoLeak(() =>
      tidy(() => {
        const activation = activations[name] as (x: Tensor) => Tensor;
        const [input, weight] = [floats(x), floats(weights)];
        const slope = grad((x: Tensor) => sum(mul(activation(x), weight)));
        expectClose(activation(input), y, 2e-6);
        expectClose(slope(input), gradient, 2e-6);
        if (twice.includes(name)) expectClose(grad((x: Tensor) => sum(slope(x)))(input), second, 2e-5);
      }),
    ),
  );
});

describe('batchNorm has the values, gradients and running statistics of torch.nn.functional.batch_norm', () => {
  it.each(cases.batchNorm)('$name', (golden) =>
    expectNoLeak(() => {
      const running = () => ({
        runningMean: testVariable(golden.runningMean, false),
        runningVariance: testVariable(golden.runningVariance, false),
      });
      const torch = running();
      const keras = running();
      tidy(() => {
        const inputs = [floats(golden.x), floats(golden.scale), floats(golden.offset)];
        const dy = floats(golden.dy);
        const normalize = (training: boolean) => (x: Tensor, scale: Tensor, offset: Tensor) =>
          batchNorm(x, { ...torch, scale, offset, training, momentum: golden.momentum, epsilon: 1e-3 });
        const [x, scale, offset] = inputs as [Tensor, Tensor, Tensor];

        expectClose(normalize(false)(x, scale, offset), golden.inference);
        const inferenceGradients = grads(normalize(false))(inputs, dy);
        for (const [i, gradient] of inferenceGradients.entries())
          expectClose(gradient, golden.inferenceGradients[i] as Nested);
        expectClose(torch.runningVariance, golden.runningVariance, 1e-7);

        expectClose(normalize(true)(x, scale, offset), golden.y);
        expectClose(torch.runningMean, golden.newMean);
        expectClose(torch.runningVariance, golden.newVariance);
        const gradients = grads(normalize(true))(inputs, dy);
        for (const [i, gradient] of gradients.entries()) expectClose(gradient, golden.gradients[i] as Nested);

        batchNorm(x, { ...keras, training: true, update: 'keras', momentum: 1 - golden.momentum });
        expectClose(keras.runningMean, golden.newMean);
        expectClose(keras.runningVariance, golden.newBiasedVariance);
      });
      dispose([torch, keras]);
    }),
  );
});

/** TensorFlow.js has padding in pixels on its JavaScript backend only. */
describe.runIf(onNative)(
  'max pooling with padding in pixels is that of torch.nn.functional.max_pool2d',
  () => {
    it.each(cases.maxPooling)('$name', ({ kernel, stride, padding, x, dy, y, gradient }) =>
      expectNoLeak(() =>
        tidy(() => {
          const pool = (x: Tensor) => maxPool(x as Tensor4D, kernel, stride, padding);
          expectClose(pool(floats(x)), y, 1e-7);
          expectClose(grad(pool)(images(x), images(dy)), gradient, 1e-6);
        }),
      ),
    );
  },
);
