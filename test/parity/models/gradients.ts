import * as tf from '@tensorflow/tfjs';
import { torchWeightsOf } from '../../../examples/models/torch-names.ts';
import { exportTorchWeights } from '../../../examples/models/torch-weights.ts';
import { uniform } from './generated-values.ts';

/** Of a gradient in PyTorch's layout: its norm, and its product with a vector that is generated from its name. */
export type GradientSummary = readonly [norm: number, product: number];

/** Summaries of gradients by PyTorch's names. The gradients travel in the model's own weights, which are put back. */
export function summarizeGradients(
  model: tf.LayersModel,
  grads: Readonly<tf.NamedTensorMap>,
): Record<string, GradientSummary> {
  return tf.tidy(() => {
    const trained = Object.entries(torchWeightsOf(model)).filter(
      ([, { variable }]) => variable.name in grads,
    );
    const values = trained.map(([, { variable }]) => variable.clone());
    for (const [, { variable }] of trained) variable.assign(grads[variable.name]!);
    const gradients = exportTorchWeights(model);
    for (const [index, [, { variable }]] of trained.entries()) variable.assign(values[index]!);
    return Object.fromEntries(trained.map(([name]) => [name, summary(name, gradients[name]!)])) as never;
  });
}

function summary(name: string, gradient: tf.Tensor): GradientSummary {
  const values = gradient.dataSync();
  const probe = uniform(`probe of ${name}`, values.length, 1);
  let [squares, product] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    squares += values[i]! ** 2;
    product += values[i]! * probe[i]!;
  }
  return [Math.sqrt(squares), product];
}
