import { checker } from '@loopwright/core';
import { inPlaceKernels, isRecording } from '@loopwright/core/tensors';
import { clipByValue, type Tensor } from '@tensorflow/tfjs-core';
import { type Gradients, presentGradients } from './gradients.ts';

const check = checker('optimizers', 'clipGradValue');

/**
 * Clips every element of every gradient to [-clipValue, clipValue]. Follows `torch.nn.utils.clip_grad_value_`, but
 * returns new tensors.
 *
 * @param grads borrowed
 * @param clipValue greater than 0
 * @returns new gradients under the names they came with, owned by the caller; those that were null are left out
 * @throws LoopwrightError if `clipValue` is not a positive number
 * @example
 * const clipped = clipGradValue({ weight: tf.tensor1d([-3, 0.25]) }, 0.5);
 * clipped.weight?.dataSync(); // [-0.5, 0.25]
 */
export function clipGradValue(grads: Gradients, clipValue: number): Record<string, Tensor> {
  check.number('clipValue', clipValue, { above: 0 });
  const given = presentGradients(check, grads);
  const tensors = Object.values(given);
  // What an engine does at once cannot be recorded, but tensor operations can.
  const kernels = isRecording() ? undefined : inPlaceKernels();
  const clipped = kernels?.clipToRange(tensors, clipValue) ?? clipPortably(tensors, clipValue);
  return Object.fromEntries(Object.keys(given).map((name, i) => [name, clipped[i] as Tensor]));
}

function clipPortably(gradients: readonly Tensor[], limit: number): Tensor[] {
  return gradients.map((gradient) => clipByValue(gradient, -limit, limit));
}
