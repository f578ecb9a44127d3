import type { TensorFlow } from '@loopwright/tensorflow/portable';
import { dispose } from '@tensorflow/tfjs-core';
import { torchWeightsOf } from '../../../examples/models/torch-names.ts';
import { importTorchWeights } from '../../../examples/models/torch-weights.ts';
import { weight } from './generated-values.ts';

/** Gives a model the weights that `load_generated` gives PyTorch's. */
export function loadGeneratedWeights(model: InstanceType<TensorFlow['LayersModel']>): void {
  const entries = Object.entries(torchWeightsOf(model));
  const state = Object.fromEntries(entries.map(([name, { torchShape }]) => [name, weight(name, torchShape)]));
  importTorchWeights(model, state);
  dispose(state);
}
