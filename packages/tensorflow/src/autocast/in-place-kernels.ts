import { type InPlaceKernels, inPlaceKernels, provideInPlaceKernels } from '@loopwright/core/tensors';
import { Tensor, Variable } from '@tensorflow/tfjs-core';
import { NATIVE_BACKEND } from '../native/native-backend.ts';

/** What knows which tensors are bfloat16 natively. */
export interface Lender {
  /** Sees to it that tensors are float32 natively from here on. */
  settle(tensors: readonly Tensor[]): void;
  /** Runs a function during which tensors are float32 natively. */
  lend<T>(tensors: readonly Tensor[], run: () => T): T;
  /** Forgets in what other type tensors are at hand. */
  forgetCasts(): void;
}

/**
 * Gives the kernels that work in place, which take ids past the layers, float32 tensors, and forgets what was cast of the
 * variables that they change.
 *
 * @returns puts the kernels back as they were
 */
export function lendToKernels(lender: Lender): () => void {
  const kernels = inPlaceKernels();
  if (kernels === undefined) return () => {};
  provideInPlaceKernels(NATIVE_BACKEND, lendingKernels(kernels, lender));
  return () => provideInPlaceKernels(NATIVE_BACKEND, kernels);
}

function lendingKernels(kernels: InPlaceKernels, lender: Lender): InPlaceKernels {
  return {
    update(kernel, updates) {
      const tensors = updates.flatMap((update) => Object.values(update)).filter(isTensor);
      lender.settle(tensors.filter((tensor) => tensor instanceof Variable));
      try {
        return lender.lend(tensors, () => kernels.update(kernel, updates));
      } finally {
        lender.forgetCasts();
      }
    },
    clipToNorm: (tensors, limit) => lender.lend(tensors, () => kernels.clipToNorm(tensors, limit)),
    clipToRange: (tensors, limit) => lender.lend(tensors, () => kernels.clipToRange(tensors, limit)),
    firstNotFinite: (tensors) => lender.lend(tensors, () => kernels.firstNotFinite(tensors)),
  };
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
