import { RandomStream } from '@loopwright/core';
import { tf } from '@loopwright/tensorflow';
import { resnet18 } from '../../../examples/models/resnet18.ts';
import { smallNet } from '../../../examples/models/small-net.ts';
import { xresnet18 } from '../../../examples/models/xresnet18.ts';

/** The models of the benchmarks, and their classes. */
const MODELS = {
  resnet18: { make: resnet18, classes: 10 },
  xresnet18: { make: xresnet18, classes: 10 },
  'xresnet18-mish': { make: xresnet18WithMish, classes: 10 },
  smallnet: { make: smallNet, classes: 100 },
} as const;

/** As examples/reducing-variance.ts has it. */
function xresnet18WithMish(...[tf, options]: Parameters<typeof xresnet18>): tf.LayersModel {
  return xresnet18(tf, { ...options, selfAttention: true, activation: 'mish' });
}

export type ModelName = keyof typeof MODELS;

/** A model for square images of three channels. */
export function makeModel(name: ModelName, size: number): tf.LayersModel {
  const { make, classes } = MODELS[name];
  return make(tf, { classes, inputShape: [size, size, 3], seed: 1 }) as tf.LayersModel;
}

/** Random images [batch, size, size, 3] and labels int32 [batch]; the caller owns them. */
export function makeBatch(
  name: ModelName,
  batch: number,
  size: number,
): { images: tf.Tensor4D; labels: tf.Tensor1D } {
  const { classes } = MODELS[name];
  const random = new RandomStream('bench', name);
  const labels = Int32Array.from({ length: batch }, () => random.integer(classes));
  return {
    images: tf.randomNormal([batch, size, size, 3], 0, 1, 'float32', 1),
    labels: tf.tensor1d(labels, 'int32'),
  };
}

/** The variables that gradients move. */
export function trainableVariables(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}

/** How many numbers are trained. */
export function trainableWeights(model: tf.LayersModel): number {
  return trainableVariables(model).reduce((sum, { size }) => sum + size, 0);
}

export function classesOf(name: ModelName): number {
  return MODELS[name].classes;
}
