import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Kernels of a backend that compute cross-entropies and their gradient together. Inputs are `logits` and `labels`,
 * int32 class indices for the sparse and float32 rows for the dense one; the first output is one loss an example.
 * `@loopwright/tensorflow` provides them on the native backend.
 */
export type SoftmaxKernel = 'SparseSoftmaxCrossEntropyWithLogits' | 'SoftmaxCrossEntropyWithLogits';

/** Whether the backend that computes now has a kernel. */
export function hasKernel(kernel: SoftmaxKernel): boolean {
  return getKernel(kernel, getBackend()) !== undefined;
}

/** The losses of a batch's examples, by a kernel of the backend. */
export function runSoftmaxKernel(kernel: SoftmaxKernel, logits: Tensor, labels: Tensor): Tensor {
  const [losses] = engine().runKernel(kernel, { logits, labels }) as Tensor[];
  return losses as Tensor;
}
