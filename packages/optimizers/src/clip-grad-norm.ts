import { checker } from '@loopwright/core';
import { inPlaceKernels, isRecording } from '@loopwright/core/tensors';
import {
  add,
  addN,
  div,
  minimum,
  mul,
  type Scalar,
  scalar,
  sqrt,
  square,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { type Gradients, presentGradients } from './gradients.ts';

const check = checker('optimizers', 'clipGradNorm');

/** Keeps a norm of zero from dividing; PyTorch's value. */
const epsilon = 1e-6;

/** What {@link clipGradNorm} returns. A type and no interface, so that `tf.tidy` and `tf.dispose` take it. */
export type ClippedGradients = {
  /** Clipped gradients under the names they came with; those that were null are left out. */
  readonly grads: Record<string, Tensor>;
  /** The norm of all gradients together before clipping. */
  readonly norm: Scalar;
};

/**
 * Scales all gradients alike so that their joint L2 norm is at most `maxNorm`:
 * `g ← g min(1, maxNorm / (‖g‖ + 1e-6))`. Follows `torch.nn.utils.clip_grad_norm_`, but returns new tensors and reads
 * nothing back: a gradient that is NaN makes all of them NaN.
 *
 * @param grads borrowed
 * @param maxNorm greater than 0
 * @returns new gradients and the norm, all owned by the caller (within `tf.tidy`, by it)
 * @throws LoopwrightError if `maxNorm` is not a positive number
 * @example
 * const loss = tf.tidy(() => {
 *   const { value, grads } = tf.variableGrads(() => crossEntropy(forward(images), labels));
 *   optimizer.step(clipGradNorm(grads, 1).grads);
 *   return value;
 * });
 */
export function clipGradNorm(grads: Gradients, maxNorm: number): ClippedGradients {
  check.number('maxNorm', maxNorm, { above: 0 });
  const given = presentGradients(check, grads);
  const names = Object.keys(given);
  const tensors = Object.values(given);
  // What an engine does at once cannot be recorded, but tensor operations can.
  const kernels = isRecording() ? undefined : inPlaceKernels();
  const { clipped, norm } = kernels?.clipToNorm(tensors, maxNorm) ?? clipPortably(tensors, maxNorm);
  return { grads: Object.fromEntries(names.map((name, i) => [name, clipped[i] as Tensor])), norm };
}

function clipPortably(gradients: readonly Tensor[], maxNorm: number): { clipped: Tensor[]; norm: Scalar } {
  return tidy(() => {
    const squares = gradients.map((gradient) => sum<Scalar>(square(gradient)));
    const norm: Scalar = squares.length === 0 ? scalar(0) : sqrt(addN(squares));
    const coefficient = minimum(div(maxNorm, add(norm, epsilon)), 1);
    return { clipped: gradients.map((gradient) => mul(gradient, coefficient)), norm };
  });
}
