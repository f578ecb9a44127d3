import { isLayersModel, type LayersModelLike, namedVariables, type VariableSource } from '@loopwright/core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** The part of a `tf.LayersModel` that says what trains. Its weights return their live variables. */
interface TrainableModel extends LayersModelLike {
  readonly trainableWeights: readonly { read(): Tensor }[];
}

/**
 * The variables that training changes, by name. A layer's own flag counts too, because TensorFlow.js leaves it out of the
 * variables of recurrent layers and of layers that were constructed with `trainable: false`.
 */
export function trainableVariables(source: VariableSource): Record<string, Variable> {
  const training = isLayersModel(source) ? trainingWeights(source as TrainableModel) : undefined;
  return Object.fromEntries(
    Object.entries(namedVariables(source)).filter(
      ([, variable]) => variable.trainable && (training?.has(variable) ?? true),
    ),
  );
}

function trainingWeights({ trainableWeights }: TrainableModel): ReadonlySet<Tensor> {
  return new Set(trainableWeights.map((weight) => weight.read()));
}
