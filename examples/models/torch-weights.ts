import { checker, checkKeys, show } from '@loopwright/core';
import { load, save } from '@loopwright/safetensors';
import type { TensorFlow } from '@loopwright/tensorflow/portable';
import { dispose, reshape, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { type TorchWeight, torchWeightsOf } from './torch-names.ts';

type LayersModel = InstanceType<TensorFlow['LayersModel']>;

const check = checker('examples', 'importTorchWeights');

/**
 * Loads a PyTorch state dict, saved with `safetensors.torch.save_file(model.state_dict(), path)`, into a model whose
 * layers have the names that they have there.
 *
 * @throws LoopwrightError as {@link importTorchWeights}, or if the file cannot be read
 * @example
 * const model = resnet18(tf, { inputShape: [224, 224, 3], classes: 1000, seed: 1 });
 * await loadTorchWeights(model, 'resnet18.safetensors');
 */
export async function loadTorchWeights(model: LayersModel, path: string): Promise<void> {
  const { tensors } = await load(path);
  try {
    importTorchWeights(model, tensors);
  } finally {
    dispose(tensors);
  }
}

/**
 * Saves a model's weights so that PyTorch reads them: `model.load_state_dict(safetensors.torch.load_file(path))`.
 *
 * @example
 * await saveTorchWeights(model, 'resnet18.safetensors');
 */
export async function saveTorchWeights(model: LayersModel, path: string): Promise<void> {
  const tensors = exportTorchWeights(model);
  try {
    await save(path, tensors);
  } finally {
    dispose(tensors);
  }
}

/**
 * Assigns the tensors of a PyTorch state dict to a model. Kernels are transposed from [out, in, height, width] to
 * [height, width, in, out]; the first linear layer after a flattened image is reordered too. The count of batches that
 * PyTorch's batch normalization keeps is not needed and may be there or not.
 *
 * @param tensors borrowed
 * @throws LoopwrightError, having changed nothing, if a weight is missing, unknown, or of another shape or type
 */
export function importTorchWeights(model: LayersModel, tensors: Readonly<Record<string, Tensor>>): void {
  const weights = torchWeightsOf(model);
  const counters = new Set(
    Object.keys(weights).map((name) => name.replace('running_mean', 'num_batches_tracked')),
  );
  const state = Object.fromEntries(
    Object.entries(tensors).filter(([name]) => name in weights || !counters.has(name)),
  );
  checkKeys(check, 'the state dict', state, Object.keys(weights));
  for (const [name, weight] of Object.entries(weights)) checkWeight(name, weight, state[name]!);
  for (const [name, weight] of Object.entries(weights)) {
    tidy(() => weight.variable.assign(fromTorch(state[name]!, weight)));
  }
}

/**
 * The weights of a model as a PyTorch state dict, the inverse of {@link importTorchWeights}.
 *
 * @returns tensors that the caller owns
 */
export function exportTorchWeights(model: LayersModel): Record<string, Tensor> {
  const weights = Object.entries(torchWeightsOf(model));
  return tidy(() => Object.fromEntries(weights.map(([name, weight]) => [name, toTorch(weight)])));
}

function checkWeight(name: string, { torchShape }: TorchWeight, tensor: Tensor): void {
  if (tensor.dtype === 'float32' && tensor.shape.join() === torchShape.join()) return;
  check.fail(
    `${show(name)} must be a float32 tensor of shape [${torchShape.join(', ')}], got ${show(tensor)}`,
  );
}

/** From [out, in, …space] to […space, in, out]. */
function fromTorch(tensor: Tensor, { variable, kernelShape }: TorchWeight): Tensor {
  if (kernelShape.length === 1) return tensor.clone();
  const rank = kernelShape.length;
  const [out, input, ...space] = [kernelShape.at(-1)!, kernelShape.at(-2)!, ...kernelShape.slice(0, -2)];
  const axes = [...Array(rank).keys()];
  const kernel = transpose(reshape(tensor, [out, input, ...space]), [...axes.slice(2), 1, 0]);
  return reshape(kernel, variable.shape);
}

/** From […space, in, out] to [out, in, …space]. */
function toTorch({ variable, kernelShape, torchShape }: TorchWeight): Tensor {
  if (kernelShape.length === 1) return variable.clone();
  const axes = [...Array(kernelShape.length).keys()];
  const [output, input] = [axes.pop()!, axes.pop()!];
  return reshape(transpose(reshape(variable, [...kernelShape]), [output, input, ...axes]), [...torchShape]);
}
