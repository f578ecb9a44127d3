import type { LayersModelLike } from '@loopwright/core';
import type { Variable } from '@tensorflow/tfjs-core';

/** A layer as it is at run time. Its two lists of weights are `protected` in the types. */
export interface LayerNode {
  readonly name: string;
  readonly _nonTrainableWeights: readonly { readonly val: Variable }[];
  getClassName(): string;
}

/**
 * A layer and all layers inside it: those of nested models, wrappers, recurrent cells and of composite layers of the
 * user's own. TensorFlow.js has no list of them, so every field that holds layers is followed.
 */
export function layersWithin(root: object): LayerNode[] {
  const found = new Set<LayerNode>();
  const visit = (value: unknown) => {
    if (Array.isArray(value)) value.forEach(visit);
    if (!isLayer(value) || found.has(value)) return;
    found.add(value);
    Object.values(value).forEach(visit);
  };
  visit(root);
  return [...found];
}

/**
 * The state of a model that no gradient moves: the statistics of batch normalization.
 *
 * `layer.nonTrainableWeights` and `variable.trainable` cannot tell: for a frozen layer they name its kernels too.
 * What tells is the list that a weight was put in when the layer made it, which freezing does not change.
 */
export function statisticsOfLayers(model: LayersModelLike): Set<Variable> {
  const weights = layersWithin(model).flatMap((layer) => layer._nonTrainableWeights);
  return new Set(weights.map((weight) => weight.val));
}

function isLayer(value: unknown): value is LayerNode {
  const candidate = value as Partial<LayerNode> | null | undefined;
  return Array.isArray(candidate?._nonTrainableWeights) && typeof candidate?.getClassName === 'function';
}
