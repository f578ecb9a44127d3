import { clone, customGrad, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Runs a computation that gradients do not see, like PyTorch's `no_grad`: nothing of it is kept for the backward pass, and
 * what it returns is a constant for whatever is computed from it.
 *
 * TensorFlow.js has no such function. It does not record inside a custom operation, and one without inputs has nothing
 * to pass gradients to.
 *
 * @param compute may use any tensors; what it makes besides its result is disposed
 * @returns a new tensor; the caller owns it
 * @example
 * const targets = withoutGradients(() => tf.softmax(model.predict(images) as tf.Tensor));
 */
export function withoutGradients(compute: () => Tensor): Tensor {
  return customGrad(() => ({ value: clone(compute()), gradFunc: () => [] }))();
}
