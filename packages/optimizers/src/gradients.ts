import { type Checker, show } from '@loopwright/core';
import { Tensor } from '@tensorflow/tfjs-core';

/** Gradients by parameter name or by the variable's own name; null and undefined mean none, as in PyTorch. */
export type Gradients = Readonly<Record<string, Tensor | null | undefined>>;

/** The gradients that are there, checked to be tensors. They stay whose they were. */
export function presentGradients(check: Checker, gradients: Gradients): Record<string, Tensor> {
  const present: Record<string, Tensor> = {};
  for (const [name, gradient] of Object.entries(gradients)) {
    if (gradient === null || gradient === undefined) continue;
    present[name] = checkGradient(check, name, gradient);
  }
  return present;
}

/** Refuses what is not a live float32 tensor. */
export function checkGradient(check: Checker, name: string, gradient: Tensor): Tensor {
  const fail = (problem: string): never => check.fail(`gradient ${show(name)} ${problem}`);
  if (!(gradient instanceof Tensor)) return fail(`must be a tensor, got ${show(gradient)}`);
  if (gradient.isDisposed) fail('is disposed');
  if (gradient.dtype !== 'float32') fail(`must be float32, got ${show(gradient)}`);
  return gradient;
}
