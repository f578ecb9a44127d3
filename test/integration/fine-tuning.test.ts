/** Freezing by the layers' own flag, with a compiled step, an optimizer and batch normalization. */
import { namedVariables } from '@loopwright/core';
import { crossEntropy } from '@loopwright/losses';
import { AdamW, Ranger, SGD } from '@loopwright/optimizers';
import { compile, tf } from '@loopwright/tensorflow';
import { countTensorsInEveryTest } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';

countTensorsInEveryTest();

/** A classifier with a nested backbone. */
function classifier() {
  const backbone = tf.sequential({
    name: 'backbone',
    layers: [
      tf.layers.dense({ name: 'hidden', units: 6, inputShape: [4] }),
      tf.layers.batchNormalization({ name: 'norm' }),
    ],
  });
  const model = tf.sequential({ layers: [backbone, tf.layers.dense({ name: 'head', units: 3 })] });
  const inputs = tf.randomNormal([12, 4], 0, 1, 'float32', 1);
  const labels = tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2], 'int32');
  const values = () =>
    Object.entries(namedVariables(model)).map(
      ([name, variable]) => [name, variable.dataSync().join()] as const,
    );
  return {
    backbone,
    model,
    loss: (training: boolean) => crossEntropy(model.apply(inputs, { training }) as tf.Tensor2D, labels),
    /** The names of the variables that a function changes. */
    changedBy: (change: () => tf.Tensor) => {
      const before = new Map(values());
      change().dispose();
      return values().flatMap(([name, value]) => (before.get(name) === value ? [] : [name]));
    },
    free: () => {
      model.dispose();
      tf.dispose([inputs, labels]);
    },
  };
}

const head = ['head/kernel', 'head/bias'];
const statistics = ['backbone/norm/moving_mean', 'backbone/norm/moving_variance'];

describe.each([
  ['SGD', (model: tf.LayersModel) => new SGD(model, { learningRate: 0.1, momentum: 0.9 })],
  ['AdamW', (model: tf.LayersModel) => new AdamW(model, { learningRate: 0.1, weightDecay: 0.1 })],
  ['Ranger', (model: tf.LayersModel) => new Ranger(model, { learningRate: 0.1 })],
] as const)('a frozen backbone with %s', (_, make) => {
  it.each(['as it is', 'compiled'])('stays, weight decay and all, while the head trains: %s', (how) => {
    const { backbone, model, loss, changedBy, free } = classifier();
    const optimizer = make(model);
    const step = () => optimizer.minimize(() => loss(false));
    const compiled = compile(step);
    const take = how === 'compiled' ? compiled : step;
    backbone.trainable = false;
    for (let count = 0; count < 7; count++) expect(changedBy(take)).toEqual(head);
    backbone.trainable = true;
    compiled.dispose();
    const all = [
      'backbone/hidden/kernel',
      'backbone/hidden/bias',
      'backbone/norm/gamma',
      'backbone/norm/beta',
      ...head,
    ];
    expect(changedBy(take)).toEqual(all);
    compiled.dispose();
    optimizer.dispose();
    free();
  });
});

it('batch normalization that is frozen still moves its statistics in training mode', () => {
  const { backbone, model, loss, changedBy, free } = classifier();
  const optimizer = new SGD(model, { learningRate: 0.1 });
  backbone.trainable = false;
  expect(changedBy(() => optimizer.minimize(() => loss(true)))).toEqual([...statistics, ...head]);
  free();
});
