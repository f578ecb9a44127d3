import { tf } from '@loopwright/tensorflow';
import { expectNoLeak, tinyBatch, tinyClassifier } from '@loopwright/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { executionKey } from '../native/execution-key.ts';
import { insertLayer } from '../native/native-backend.ts';
import { accelerate, accelerateByDefault } from './accelerate.ts';

afterEach(() => {
  accelerate();
});

/** All that {@link accelerate} could have replaced. */
function everything() {
  const kernels = tf.getKernelsForBackend('tensorflow');
  const prototypes = ['BatchNormalization', 'Dropout', 'swish', 'mish', 'gelu', 'gelu_new', 'relu6'].map(
    (name) => tf.serialization.SerializationMap.getMap().classNameMap[name]?.[0].prototype as object,
  );
  return {
    kernels: new Map(kernels.map((config) => [config.kernelName, config.kernelFunc])),
    gradients: new Map(kernels.map(({ kernelName }) => [kernelName, tf.getGradient(kernelName)])),
    methods: prototypes.map((prototype) => Object.entries(Object.getOwnPropertyDescriptors(prototype))),
    loss: tf.losses.softmaxCrossEntropy,
  };
}

/** The ops that a function runs, with how often. */
function countOps(run: () => void): Record<string, number> {
  const counts: Record<string, number> = {};
  const remove = insertLayer('recording', (next) => ({
    executeOp: (name, ...rest) => {
      counts[name] = (counts[name] ?? 0) + 1;
      return next.executeOp(name, ...rest);
    },
  }));
  try {
    run();
  } finally {
    remove();
  }
  return counts;
}

const total = (counts: Record<string, number>) =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe('accelerate', () => {
  it('is on once the package is imported, and off leaves nothing behind', () => {
    const on = everything();
    const restore = accelerate({ enabled: false });
    const off = everything();
    expect(off.kernels.get('Sum')).not.toBe(on.kernels.get('Sum'));
    expect(off.kernels.has('SparseSoftmaxCrossEntropyWithLogits')).toBe(false);
    expect(off.gradients.get('TopK')).toBeUndefined();
    expect(off.loss).not.toBe(on.loss);
    restore();
    expect(executionKey()).toContain('accelerated');
    accelerate({ enabled: false });
    expect(everything()).toEqual(off);
    expect(executionKey()).toContain('unaccelerated');
  });

  it('twice is as good as once, and what it returns restores what was in force', () => {
    const off = accelerate({ enabled: false });
    const stock = everything();
    const restore = accelerate();
    accelerate();
    restore();
    expect(everything()).toEqual(stock);
    off();
    expect(everything().kernels.has('SoftmaxCrossEntropyWithLogits')).toBe(true);
  });

  it('stays off where the environment says so', () => {
    accelerate({ enabled: false });
    const stock = everything();
    accelerateByDefault({ LOOPWRIGHT_ACCELERATE: '0' });
    expect(everything()).toEqual(stock);
    accelerateByDefault({});
    expect(everything()).not.toEqual(stock);
  });

  it('leaves the JavaScript backend as it is', async () => {
    const run = () => {
      const layer = tf.layers.dropout({ rate: 0.5, seed: 3 });
      return tf.tidy(() => {
        const x = tf.tensor2d([-1, 0.5, 2, 8], [2, 2]);
        const functions = [tf.relu, tf.relu6, tf.selu, tf.tanh, (x: tf.Tensor) => tf.logSoftmax(x)];
        const slopes = functions.map((f) => tf.grad((x: tf.Tensor) => tf.sum(tf.square(f(x))))(x));
        const dropped = layer.apply(x, { training: true }) as tf.Tensor;
        return [...slopes, dropped].map((tensor) => [...tensor.dataSync()]);
      });
    };
    await tf.setBackend('cpu');
    (tf.backend() as unknown as { firstUse: boolean }).firstUse = false; // no banner
    const on = run();
    accelerate({ enabled: false });
    expect(run()).toEqual(on);
    await tf.setBackend('tensorflow');
  });

  it('gives a whole model the gradients that it has without, with far fewer ops', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const { inputs, labels } = tinyBatch();
      const oneHot = tf.oneHot(labels, 3, 1, 0, 'float32');
      const start = model.getWeights().map((weight) => weight.clone());
      const step = () => {
        model.setWeights(start);
        return tf.variableGrads(
          () =>
            tf.losses.softmaxCrossEntropy(
              oneHot,
              model.apply(inputs, { training: true }) as tf.Tensor,
            ) as tf.Scalar,
        );
      };
      const run = () => {
        let result = {} as ReturnType<typeof step>;
        const ops = total(countOps(() => (result = step())));
        const values = Object.values(result.grads).map((gradient) => [...gradient.dataSync()]);
        tf.dispose([result.value, result.grads]);
        return { ops, values: [...values, ...model.getWeights().map((weight) => [...weight.dataSync()])] };
      };
      const fast = run();
      accelerate({ enabled: false });
      const slow = run();
      expect(fast.ops).toBeLessThan(slow.ops / 2);
      for (const [i, values] of slow.values.entries()) {
        for (const [j, value] of values.entries()) expect(fast.values[i]?.[j]).toBeCloseTo(value, 5);
      }
      tf.dispose([start, inputs, labels, oneHot]);
      model.dispose();
    }));

  it('takes one op for the gradient of an activation', () => {
    const x = tf.tensor1d([-1, 2]);
    const dy = tf.tensor1d([1, 1]);
    const ops = countOps(() => tf.tidy(() => void tf.grad((x: tf.Tensor) => tf.relu(x))(x, dy)));
    expect(ops).toEqual({ Relu: 1, ReluGrad: 1 });
    tf.dispose([x, dy]);
  });

  it('refuses options that are unknown or of another type', () => {
    expect(() => accelerate({ enable: false } as never)).toThrow(
      '[loopwright/tensorflow] accelerate: unknown option "enable" (did you mean enabled?)',
    );
    expect(() => accelerate({ enabled: 0 as never })).toThrow('enabled must be true or false, got 0');
    expect(() => accelerate(null as never)).toThrow('options must be an object');
  });

  it('refuses, as TensorFlow.js does, an index that is outside', () => {
    tf.tidy(() => {
      const x = tf.ones([2, 3]);
      expect(() => tf.gather(x, tf.tensor1d([0, 2], 'int32'))).toThrow('is not in [0, 2)');
      expect(() => tf.gather(x, tf.tensor1d([-1], 'int32'))).toThrow('is not in [0, 2)');
      expect([...tf.gather(x, tf.tensor1d([1], 'int32')).shape]).toEqual([1, 3]);
    });
  });
});
