import { inPlaceKernels } from '@loopwright/core/tensors';
import { all, getBackend, isFinite as isFiniteEach, stack, type Tensor, tidy } from '@tensorflow/tfjs-core';

/**
 * The index of the first tensor that holds NaN or an infinity, -1 if none does.
 *
 * Where the values lie in the host's memory (the native engine on a CPU, the cpu backend) they are looked at there, and
 * nothing is copied. Elsewhere one flag a tensor is computed and read.
 */
export function firstNotFinite(tensors: readonly Tensor[]): number {
  if (tensors.length === 0) return -1;
  const told = inPlaceKernels()?.firstNotFinite(tensors);
  if (told !== undefined) return told;
  if (getBackend() === 'cpu') return tensors.findIndex((tensor) => !tensor.dataSync().every(Number.isFinite));
  return tidy(() => stack(tensors.map((tensor) => all(isFiniteEach(tensor)))).dataSync()).indexOf(0);
}
