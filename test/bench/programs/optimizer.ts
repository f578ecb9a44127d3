/**
 * An optimizer's update of ResNet-18's weights, alone: the gradients are there.
 * @packageDocumentation
 */
import { Adam, AdamW, RMSprop, SGD } from '@loopwright/optimizers';
import { tf } from '@loopwright/tensorflow';
import { readFlags } from './flags.ts';
import { measure } from './measure.ts';
import { inMode, type Mode } from './modes.ts';
import { makeModel, trainableVariables, trainableWeights } from './subjects.ts';

const OURS = {
  adamw: (model: tf.LayersModel) => new AdamW(model, { learningRate: 1e-3 }),
  adam: (model: tf.LayersModel) => new Adam(model, { learningRate: 1e-3 }),
  sgd: (model: tf.LayersModel) => new SGD(model, { learningRate: 1e-3, momentum: 0.9 }),
  rmsprop: (model: tf.LayersModel) => new RMSprop(model, { learningRate: 1e-3 }),
};
const STOCK: Readonly<Record<keyof typeof OURS, () => tf.Optimizer>> = {
  adamw: () => tf.train.adam(1e-3),
  adam: () => tf.train.adam(1e-3),
  sgd: () => tf.train.momentum(1e-3, 0.9),
  rmsprop: () => tf.train.rmsprop(1e-3, 0.99),
};

const {
  optimizer: name,
  mode,
  seconds,
} = readFlags({
  optimizer: 'adamw' as keyof typeof OURS,
  mode: 'eager' as Mode | 'stock',
  seconds: 5,
});
const model = makeModel('resnet18', 32);
const variables = trainableVariables(model);
const names = variables.map((variable) => variable.name);
const gradients = variables.map((variable) => tf.randomNormal(variable.shape, 0, 0.01));
const named = (tensors: tf.Tensor[]) =>
  Object.fromEntries(tensors.map((tensor, i) => [names[i] as string, tensor]));
const update = mode === 'stock' ? stockUpdate() : inMode(mode, ourUpdate());
const step = (): undefined => {
  update(...gradients);
};
await measure({ step, seconds, weights: trainableWeights(model) });

function ourUpdate() {
  const optimizer = OURS[name](model);
  return (...tensors: tf.Tensor[]) => optimizer.step(named(tensors));
}

function stockUpdate() {
  const optimizer = STOCK[name]();
  return (...tensors: tf.Tensor[]) => tf.tidy(() => optimizer.applyGradients(named(tensors)));
}
