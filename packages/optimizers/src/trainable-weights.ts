import type { LayerLike, LayersModelLike, LayerWeightLike } from '@loopwright/core';
import { isLayersModel } from '@loopwright/core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** The part of a `tf.layers.Layer` that freezing needs. */
interface FreezableLayer extends LayerLike {
  trainable: boolean;
  readonly weights: readonly FreezableWeight[];
}

interface FreezableWeight extends LayerWeightLike {
  trainable: boolean;
  /** Returns the live variable. */
  read(): Tensor;
}

/**
 * The variables of a model that train now. A layer's own flag counts too, because TensorFlow.js leaves it out of the
 * variables of recurrent layers and of layers that were constructed with `trainable: false`.
 */
export function trainingVariables(model: LayersModelLike): Set<Variable> {
  const { trainableWeights } = model as LayersModelLike & {
    readonly trainableWeights: readonly FreezableWeight[];
  };
  return new Set(trainableWeights.map(variableOf).filter((variable) => variable.trainable));
}

/**
 * The variables of a model that train, or would if nothing were frozen. Statistics, such as batch normalization's
 * moving mean and variance, are not among them.
 *
 * TensorFlow.js does not say why a weight does not train, so each layer is unfrozen for a moment, asked, and put back.
 */
export function unfrozenVariables(model: LayersModelLike): Set<Variable> {
  const result = new Set<Variable>();
  for (const layer of model.layers) {
    const variables = isLayersModel(layer) ? unfrozenVariables(layer) : whenUnfrozen(layer as FreezableLayer);
    for (const variable of variables) result.add(variable);
  }
  return result;
}

function whenUnfrozen(layer: FreezableLayer): Variable[] {
  const { trainable } = layer;
  const flags = layer.weights.map((weight) => {
    const variable = variableOf(weight);
    return { weight, variable, ofWeight: weight.trainable, ofVariable: variable.trainable };
  });
  try {
    layer.trainable = true;
    return layer.weights.filter((weight) => weight.trainable).map(variableOf);
  } finally {
    layer.trainable = trainable;
    for (const { weight, variable, ofWeight, ofVariable } of flags) {
      weight.trainable = ofWeight;
      variable.trainable = ofVariable;
    }
  }
}

function variableOf(weight: FreezableWeight): Variable {
  return weight.read() as Variable;
}
