import { type DataId, engine, findBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BindingCalls, NativeBinding, NativeExtension, TensorMetadata } from './binding.ts';
import { type BindingLayer, LayeredCalls, type LayerSlot } from './layers.ts';

/** The name under which TensorFlow.js knows the native backend. */
export const NATIVE_BACKEND = 'tensorflow';

/** What the native backend holds of a tensor. */
export interface NativeTensorData {
  /** -1 until the values have been handed to TensorFlow. */
  id: number;
  dtype: number;
  readonly shape: number[];
  /** Values that have not been handed to TensorFlow yet. */
  values: unknown;
  /** How many tensors of TensorFlow.js share it. */
  refCount: number;
}

/** What this package uses of TensorFlow.js' native backend. */
export interface NativeBackend {
  binding: NativeBinding;
  readonly tensorMap: { get(dataId: DataId): NativeTensorData; has(dataId: DataId): boolean };
  /** The ids of tensors; hands their values to TensorFlow first where that has not been done. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  /** A tensor of TensorFlow.js that owns an id. */
  createOutputTensor(metadata: TensorMetadata): Tensor;
}

let layered: LayeredCalls | undefined;

/** The native backend, if it is the one that computes now. */
export function activeNativeBackend(): NativeBackend | undefined {
  if (layered === undefined || engine().backendName !== NATIVE_BACKEND) return undefined;
  return findBackend(NATIVE_BACKEND) as unknown as NativeBackend;
}

/** What our C++ adds, if the native backend computes now and its binding is ours rather than the vendor's. */
export function activeExtension(): NativeExtension | undefined {
  return activeNativeBackend()?.binding.loopwright;
}

/**
 * Puts an object that can be intercepted in the place of the binding, whose properties are read-only, after the
 * native engine has loaded. A second time it does nothing.
 */
export function openBinding(): void {
  if (layered !== undefined) return;
  const backend = findBackend(NATIVE_BACKEND) as unknown as NativeBackend;
  const vendor = backend.binding;
  const names = Object.getOwnPropertyNames(vendor) as (keyof NativeBinding)[];
  const open = Object.fromEntries(names.map((name) => [name, vendor[name]])) as unknown as NativeBinding;
  const { createTensor, deleteTensor, executeOp, loopwright: extension } = vendor;
  const tensorDataSync: BindingCalls['tensorDataSync'] = (id, target) => {
    if (target === undefined || extension === undefined) return vendor.tensorDataSync(id);
    extension.readTensor(id, target);
    return target;
  };
  const calls: BindingCalls = { createTensor, deleteTensor, executeOp, tensorDataSync };
  layered = new LayeredCalls(calls, Object.assign(open, calls));
  backend.binding = open;
}

/** The binding's calls below all layers, for work that nobody is to see or change. */
export function unlayeredCalls(): BindingCalls {
  if (layered === undefined) throw new Error('the native engine is not loaded');
  return layered.vendor;
}

/**
 * Puts a layer between TensorFlow.js and TensorFlow.
 *
 * @returns takes it away again
 */
export function insertLayer(slot: LayerSlot, layer: BindingLayer): () => void {
  if (layered === undefined) throw new Error('the native engine is not loaded');
  return layered.insert(slot, layer);
}
