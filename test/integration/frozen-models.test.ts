import { namedVariables } from '@loopwright/core';
import { SGD } from '@loopwright/optimizers';
import { compile, tf } from '@loopwright/tensorflow';
import { expect, it } from 'vitest';

it('a compiled step is recorded anew when a nested model is unfrozen, whatever its variables say', () => {
  const backbone = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] })] });
  const model = tf.sequential({ layers: [backbone, tf.layers.dense({ units: 1 })] });
  backbone.trainable = false;
  const optimizer = new SGD(model, { learningRate: 0.1 });
  const step = compile((x: tf.Tensor) =>
    optimizer.minimize(() => tf.mean(model.apply(x) as tf.Tensor) as tf.Scalar),
  );
  const x = tf.ones([4, 2]);
  const kernel = Object.values(namedVariables(backbone))[0] as tf.Variable;
  const moves = () => {
    const before = kernel.dataSync().slice();
    step(x).dispose();
    return kernel.dataSync().some((value, index) => value !== before[index]);
  };
  expect([moves(), moves()]).toEqual([false, false]);
  backbone.trainable = true;
  expect([moves(), moves()]).toEqual([true, true]);
  backbone.trainable = false;
  expect([moves(), moves()]).toEqual([false, false]);
  step.dispose();
  optimizer.dispose();
  model.dispose();
  x.dispose();
});
