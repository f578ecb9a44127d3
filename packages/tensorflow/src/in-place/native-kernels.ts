import { type InPlaceKernels, provideInPlaceKernels } from '@loopwright/core/tensors';
import type { Scalar, Tensor } from '@tensorflow/tfjs-core';
import type { NativeExtension } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import { activeNativeBackend, NATIVE_BACKEND, type NativeBackend } from '../native/native-backend.ts';
import { ownId } from './own-memory.ts';
import { layOut } from './update-layouts.ts';

/** Stands for a tensor that is left out. */
const LEFT_OUT = -1;

/**
 * Lets optimizers and averages change variables in place on the native engine, if the binding is ours. With
 * `LOOPWRIGHT_IN_PLACE=0` in the environment they use tensor operations, as they do elsewhere.
 */
export function provideNativeKernels(env: NodeJS.ProcessEnv): void {
  const wanted = env.LOOPWRIGHT_IN_PLACE !== '0';
  if (wanted && activeNativeBackend()?.binding.loopwright !== undefined) {
    provideInPlaceKernels(NATIVE_BACKEND, nativeKernels);
  }
}

const nativeKernels: InPlaceKernels = {
  update(kernel, updates) {
    const { backend, extension } = engine();
    const { changed, read, numbers, columns } = layOut(kernel, updates);
    const ids = changed.flatMap((variables, row) => [
      ...variables.map((held) => (held === undefined ? LEFT_OUT : ownId(backend, extension, held))),
      ...backend.getInputTensorIds(read[row] as Tensor[]),
    ]);
    return extension.updateInPlace(kernel, ids, numbers, columns);
  },

  clipToNorm(tensors, limit) {
    const { backend, extension } = engine();
    const [norm, ...clipped] = extension.clipToNorm(backend.getInputTensorIds(tensors), limit);
    if (norm === undefined) return undefined;
    return {
      clipped: clipped.map((id, i) => floatTensor(backend, id, (tensors[i] as Tensor).shape)),
      norm: floatTensor(backend, norm, []) as Scalar,
    };
  },

  clipToRange(tensors, limit) {
    const { backend, extension } = engine();
    const clipped = extension.clipToRange(backend.getInputTensorIds(tensors), limit);
    if (clipped.length < tensors.length) return undefined;
    return clipped.map((id, i) => floatTensor(backend, id, (tensors[i] as Tensor).shape));
  },
};

function engine(): { backend: NativeBackend; extension: NativeExtension } {
  const backend = activeNativeBackend() as NativeBackend;
  return { backend, extension: backend.binding.loopwright as NativeExtension };
}

function floatTensor(backend: NativeBackend, id: number, shape: readonly number[]): Tensor {
  return backend.createOutputTensor({ id, shape: [...shape], dtype: DataType.float32 });
}
