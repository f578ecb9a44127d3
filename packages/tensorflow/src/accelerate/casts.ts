import { backend } from '@tensorflow/tfjs-core';
import { type KernelFamily, replaceKernel } from './replacement.ts';

interface ReferenceCounts {
  incRef(dataId: object): void;
}

/** A cast to the type that a tensor has already, which TensorFlow.js' gradients are full of, shares its memory. */
export const needlessCasts: KernelFamily = () =>
  replaceKernel('Cast', ({ inputs: { x }, attrs: { dtype } }) => {
    if (x === undefined || x.dtype !== dtype) return undefined;
    (backend() as unknown as ReferenceCounts).incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
