/**
 * A training step: forward, cross-entropy, gradients, AdamW. `--mode stock` is what a user of TensorFlow.js writes.
 * @packageDocumentation
 */
import { crossEntropy } from '@loopwright/losses';
import { AdamW } from '@loopwright/optimizers';
import { tf } from '@loopwright/tensorflow';
import { readFlags } from './flags.ts';
import { measure } from './measure.ts';
import { inMode, type Mode } from './modes.ts';
import {
  classesOf,
  type ModelName,
  makeBatch,
  makeModel,
  trainableVariables,
  trainableWeights,
} from './subjects.ts';

type Step = (images: tf.Tensor4D, labels: tf.Tensor1D) => tf.Scalar;

const {
  mode,
  model: name,
  size,
  batch,
  seconds,
} = readFlags({
  mode: 'eager' as Mode | 'stock',
  model: 'resnet18' as ModelName,
  size: 32,
  batch: 128,
  seconds: 5,
});
const model = makeModel(name, size);
const { images, labels } = makeBatch(name, batch, size);
const forward = (inputs: tf.Tensor4D) => model.apply(inputs, { training: true }) as tf.Tensor2D;
const step = mode === 'stock' ? stockStep() : inMode(mode, ourStep());
await measure({ step: () => step(images, labels), seconds, weights: trainableWeights(model) });

function ourStep(): Step {
  const optimizer = new AdamW(model, { learningRate: 1e-3, weightDecay: 1e-2 });
  return (inputs, targets) => optimizer.minimize(() => crossEntropy(forward(inputs), targets));
}

/** TensorFlow.js has no AdamW; its Adam does a little less. */
function stockStep(): Step {
  const optimizer = tf.train.adam(1e-3);
  const variables = trainableVariables(model);
  return (inputs, targets) => {
    const lossOf = () => {
      const oneHot = tf.oneHot(targets, classesOf(name));
      return tf.losses.softmaxCrossEntropy(oneHot, forward(inputs)) as tf.Scalar;
    };
    return optimizer.minimize(lossOf, true, variables) as tf.Scalar;
  };
}
