import { checker, checkKeys, show } from '@loopwright/core';
import { load, save } from '@loopwright/safetensors';
import type { TensorFlow } from '@loopwright/tensorflow/portable';
import { clone, dispose, reshape, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
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
  const isCounter = (name: string) =>
    name.endsWith('.num_batches_tracked') &&
    Object.hasOwn(weights, name.replace('num_batches_tracked', 'running_mean'));
  const state = Object.fromEntries(Object.entries(tensors).filter(([name]) => !isCounter(name)));
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
  if (kernelShape.length === 1) return clone(tensor);
  const space = kernelShape.slice(0, -2);
  const [inputs, outputs] = kernelShape.slice(-2) as [number, number];
  const spaceAxes = space.map((_, index) => index + 2);
  return reshape(
    transpose(reshape(tensor, [outputs, inputs, ...space]), [...spaceAxes, 1, 0]),
    variable.shape,
  );
}

/** From […space, in, out] to [out, in, …space]. */
function toTorch({ variable, kernelShape, torchShape }: TorchWeight): Tensor {
  if (kernelShape.length === 1) return clone(variable);
  const spaceAxes = kernelShape.slice(0, -2).map((_, index) => index);
  const axes = [kernelShape.length - 1, kernelShape.length - 2, ...spaceAxes];
  return reshape(transpose(reshape(variable, [...kernelShape]), axes), [...torchShape]);
}
