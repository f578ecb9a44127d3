import { isLayersModel, type VariableSource } from '@loopwright/core';
import type { Variable } from '@tensorflow/tfjs-core';
import { statisticsOfLayers } from './layer-tree.ts';

/** Tells a model's buffers from its parameters. */
export type BufferPredicate = (name: string, variable: Variable) => boolean;

/**
 * Which variables are buffers, that is state which no gradient moves, by default: of a `tf.LayersModel` the weights
 * that its layers made as non-trainable (a frozen kernel is still a parameter), of a record the variables that are
 * not trainable when this is called.
 */
export function defaultBuffers(model: VariableSource): BufferPredicate {
  if (!isLayersModel(model)) return (_name, variable) => !variable.trainable;
  const statistics = statisticsOfLayers(model);
  return (_name, variable) => statistics.has(variable);
}
