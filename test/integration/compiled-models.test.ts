import { namedVariables, readTensor, type TensorValue } from '@loopwright/core';
import { assignValue } from '@loopwright/core/tensors';
import { crossEntropy } from '@loopwright/losses';
import { AdamW } from '@loopwright/optimizers';
import { compile, random, tf } from '@loopwright/tensorflow';
import { describe, expect, it } from 'vitest';
import { resnet18 } from '../../examples/models/resnet18.ts';
import { simplifiedVgg } from '../../examples/models/simplified-vgg.ts';
import { smallConvNet } from '../../examples/models/small-conv-net.ts';
import { smallNet } from '../../examples/models/small-net.ts';
import { xresnet18 } from '../../examples/models/xresnet18.ts';

const image = { inputShape: [32, 32, 3], classes: 10 } as const;

/** Every example model; one more is a row. */
const models: Record<string, () => tf.LayersModel> = {
  smallConvNet: () => smallConvNet(tf, { ...image, seed: 1 }),
  smallNet: () => smallNet(tf, { ...image, seed: 1 }),
  simplifiedVgg: () => simplifiedVgg(tf, { ...image, seed: 1 }),
  resnet18: () => resnet18(tf, { ...image, seed: 1 }),
  'xresnet18 with self-attention and Mish': () =>
    xresnet18(tf, { ...image, selfAttention: true, activation: 'mish', seed: 1 }),
};

const STEPS = 3;

const valuesOf = (model: tf.LayersModel): Record<string, TensorValue> =>
  Object.fromEntries(
    Object.entries(namedVariables(model)).map(([name, variable]) => [name, readTensor(variable)]),
  );

/** The largest difference, in units of the largest value. */
function relativeDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [difference, largest] = [0, 1e-3];
  for (let index = 0; index < a.length; index++) {
    difference = Math.max(difference, Math.abs(Number(a[index]) - Number(b[index])));
    largest = Math.max(largest, Math.abs(Number(b[index])));
  }
  return difference / largest;
}

describe.each(Object.entries(models))('%s', (_, build) => {
  it('trains compiled as it does eagerly, dropout and running statistics included, and predicts the same', () => {
    const model = build();
    const initial = valuesOf(model);
    const batches = Array.from({ length: STEPS }, (_unused, index) => ({
      images: tf.randomUniform([8, ...image.inputShape], -1, 1, 'float32', index + 1),
      labels: tf.tensor1d(
        Array.from({ length: 8 }, (_label, row) => (row + index) % 10),
        'int32',
      ),
    }));

    const train = (wrap: <A extends unknown[], R>(fn: (...args: A) => R) => (...args: A) => R) => {
      for (const [name, variable] of Object.entries(namedVariables(model))) {
        assignValue(variable, initial[name] as TensorValue);
      }
      random.seed(7);
      // A rate at which the noise of rounding does not grow within the steps: Adam divides by the gradient's size.
      const optimizer = new AdamW(model, { learningRate: 1e-4, epsilon: 1e-4 });
      const step = wrap((images: tf.Tensor, labels: tf.Tensor) =>
        optimizer.minimize(() => crossEntropy(model.apply(images, { training: true }) as tf.Tensor, labels)),
      );
      const predict = wrap((images: tf.Tensor) => model.predict(images) as tf.Tensor);
      const read = (tensor: tf.Tensor) => {
        const values = tensor.dataSync();
        tensor.dispose();
        return values;
      };
      const losses = batches.flatMap(({ images, labels }) => [...read(step(images, labels))]);
      const logits = batches.map(({ images }) => read(predict(images)));
      optimizer.dispose();
      return { losses, logits, weights: valuesOf(model) };
    };

    const compiled: { dispose(): void }[] = [];
    const eager = train(
      (fn) =>
        (...args) =>
          tf.tidy(() => fn(...args) as tf.TensorContainer) as never,
    );
    const traced = train((fn) => {
      const wrapped = compile(fn);
      compiled.push(wrapped);
      return wrapped;
    });

    expect(relativeDifference(traced.losses, eager.losses)).toBeLessThan(1e-4);
    for (const [index, logits] of eager.logits.entries()) {
      expect(relativeDifference(traced.logits[index] ?? [], logits)).toBeLessThan(1e-3);
    }
    for (const [name, { data }] of Object.entries(eager.weights)) {
      expect(relativeDifference(traced.weights[name]?.data ?? [], data), name).toBeLessThan(1e-3);
    }
    for (const wrapped of compiled) wrapped.dispose();
    tf.dispose([batches.map(({ images, labels }) => [images, labels])]);
    model.dispose();
  });
});
