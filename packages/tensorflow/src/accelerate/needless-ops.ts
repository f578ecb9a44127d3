import { backend, Cast, Reshape, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type KernelFamily, replaceKernel, together } from './replacement.ts';

interface ReferenceCounts {
  incRef(dataId: object): void;
}

/** The same tensor once more, which shares its memory. */
function shared({ dataId, shape, dtype }: TensorInfo): TensorInfo {
  (backend() as unknown as ReferenceCounts).incRef(dataId);
  return { dataId, shape, dtype };
}

const casts: KernelFamily = () =>
  replaceKernel(Cast, ({ inputs, attrs: { dtype } }) => {
    const { x } = inputs as { x: TensorInfo };
    return x.dtype === dtype ? shared(x) : undefined;
  });

const reshapes: KernelFamily = () =>
  replaceKernel(Reshape, ({ inputs, attrs: { shape } }) => {
    const { x } = inputs as { x: TensorInfo };
    const wanted = util.inferFromImplicitShape(shape as number[], util.sizeFromShape(x.shape));
    return util.arraysEqual(x.shape, wanted) ? shared(x) : undefined;
  });

/** Casts to the type and reshapes to the shape that a tensor has already, which gradients are full of, cost no op. */
export const needlessOps: KernelFamily = together(casts, reshapes);
