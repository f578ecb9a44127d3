import { type InPlaceKernels, provideInPlaceKernels } from '@loopwright/core/tensors';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { NativeExtension } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import { activeNativeBackend, NATIVE_BACKEND, type NativeBackend } from '../native/native-backend.ts';
import { ownId } from './own-memory.ts';
import {
  columnsOf,
  numbersOf,
  UPDATE_LAYOUTS,
  type UpdateLayout,
  type UpdateRecord,
} from './update-layouts.ts';

/** Stands for a tensor that is left out. */
const LEFT_OUT = -1;

/** What the engine says where no tensor holds anything else. */
const ALL_FINITE = -1;

/**
 * Lets optimizers and averages change variables in place on the native engine, if the binding is ours. With
 * `LOOPWRIGHT_IN_PLACE=0` in the environment they use tensor operations, as they do elsewhere.
 */
export function provideNativeKernels(env: NodeJS.ProcessEnv): void {
  const available = activeNativeBackend()?.binding.loopwright !== undefined;
  const wanted = env.LOOPWRIGHT_IN_PLACE !== '0';
  provideInPlaceKernels(NATIVE_BACKEND, available && wanted ? nativeKernels : undefined);
}

const nativeKernels: InPlaceKernels = {
  update(kernel, updates) {
    const layout: UpdateLayout = UPDATE_LAYOUTS[kernel];
    const records = updates as readonly object[] as readonly UpdateRecord[];
    const ids = idsOf(layout, records);
    const { extension } = engine();
    return extension.updateInPlace(kernel, ids, numbersOf(layout, records), columnsOf(layout, records));
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

  firstNotFinite(tensors) {
    const { backend, extension } = engine();
    const first = extension.firstNotFinite(backend.getInputTensorIds(tensors));
    return first < ALL_FINITE ? undefined : first;
  },
};

/** The tensors of updates, row after row in the order of their layout. What changes gets memory of its own. */
function idsOf({ changed, read }: UpdateLayout, updates: readonly UpdateRecord[]): number[] {
  const { backend, extension } = engine();
  const ids: number[] = [];
  for (const update of updates) {
    for (const name of changed) {
      const variable = update[name] as Variable | undefined;
      ids.push(variable === undefined ? LEFT_OUT : ownId(backend, extension, variable));
    }
    for (const name of read) ids.push(...backend.getInputTensorIds([update[name] as Tensor]));
  }
  return ids;
}

function engine(): { backend: NativeBackend; extension: NativeExtension } {
  const backend = activeNativeBackend() as NativeBackend;
  return { backend, extension: backend.binding.loopwright as NativeExtension };
}

function floatTensor(backend: NativeBackend, id: number, shape: readonly number[]): Tensor {
  return backend.createOutputTensor({ id, shape: [...shape], dtype: DataType.float32 });
}
