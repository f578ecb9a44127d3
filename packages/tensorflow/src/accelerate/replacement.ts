import {
  type GradConfig,
  getGradient,
  getKernel,
  type KernelFunc,
  registerGradient,
  registerKernel,
  type Tensor,
  type TensorInfo,
  unregisterGradient,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { NATIVE_BACKEND } from '../native/native-backend.ts';
import { isNative } from './native-op.ts';

/** Puts back what was there before. */
export type Restore = () => void;

/** A family of native kernels: puts them in the place of TensorFlow.js' own. */
export type KernelFamily = () => Restore;

/** What a kernel is called with. */
export interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Computes a kernel, or leaves a call that it is not made for (`undefined`) to the kernel that it replaces. */
export type NativeKernel = (call: KernelCall) => TensorInfo | TensorInfo[] | undefined;

/** Replaces a kernel of the native backend, or adds one. */
export function replaceKernel(kernelName: string, native: NativeKernel): Restore {
  const before = getKernel(kernelName, NATIVE_BACKEND);
  const kernelFunc: KernelFunc = (call) => {
    const result = native(call as unknown as KernelCall) ?? before?.kernelFunc(call);
    if (result === undefined) throw new Error(`${kernelName} is not made for such inputs`);
    return result;
  };
  const set = (config: typeof before | undefined) => {
    if (getKernel(kernelName, NATIVE_BACKEND) !== undefined) unregisterKernel(kernelName, NATIVE_BACKEND);
    if (config !== undefined) registerKernel(config);
  };
  set({ ...before, kernelName, backendName: NATIVE_BACKEND, kernelFunc });
  return () => set(before);
}

/** A gradient: what it needs of the forward pass, and the function of the output's gradient and these. */
export interface NativeGradient {
  readonly inputsToSave?: string[];
  readonly outputsToSave?: boolean[];
  /** Of a kernel that takes a list of inputs. */
  readonly saveAllInputs?: boolean;
  /** @param before the gradient that is replaced, of the same saved tensors */
  readonly gradient: (
    dy: Tensor,
    saved: readonly Tensor[],
    attrs: Readonly<Record<string, unknown>>,
    before: InputGradients,
  ) => Record<string, () => Tensor>;
}

export type InputGradients = () => Record<string, () => Tensor>;

/** Replaces the gradient of a kernel while the native backend computes. Other backends keep the one they have. */
export function replaceGradient(kernelName: string, native: NativeGradient): Restore {
  const before: GradConfig | undefined = getGradient(kernelName);
  const nativeConfig: GradConfig = {
    kernelName,
    inputsToSave: native.inputsToSave ?? [],
    outputsToSave: native.outputsToSave ?? [],
    saveAllInputs: native.saveAllInputs ?? false,
    gradFunc: (dy, saved, attrs) =>
      native.gradient(dy as Tensor, saved, attrs as never, () => missing(before).gradFunc(dy, saved, attrs)),
  };
  const missing = (config: GradConfig | undefined): GradConfig => {
    if (config === undefined) throw new Error(`${kernelName} has no gradient on this backend`);
    return config;
  };
  const current = () => (isNative() ? nativeConfig : before);
  set({
    kernelName,
    get inputsToSave() {
      return current()?.inputsToSave ?? [];
    },
    get outputsToSave() {
      return current()?.outputsToSave ?? [];
    },
    get saveAllInputs() {
      return current()?.saveAllInputs ?? false;
    },
    gradFunc: (dy, saved, attrs) => missing(current()).gradFunc(dy, saved, attrs),
  });
  return () => set(before);

  function set(config: GradConfig | undefined): void {
    if (getGradient(kernelName) !== undefined) unregisterGradient(kernelName);
    if (config !== undefined) registerGradient(config);
  }
}

/** Replaces a method of an object or prototype; it is only taken while the native backend computes. */
export function replaceMethod<T extends object, K extends keyof T>(
  target: T,
  name: K,
  native: (before: T[K]) => T[K],
): Restore {
  const before = target[name] as T[K] & ((this: unknown, ...args: unknown[]) => unknown);
  const replacement = native(before) as typeof before;
  target[name] = function (this: unknown, ...args: unknown[]) {
    return (isNative() ? replacement : before).apply(this, args);
  } as T[K];
  return () => {
    target[name] = before;
  };
}

/** All of several families as one. */
export function together(...families: readonly KernelFamily[]): KernelFamily {
  return () => {
    const restores = families.map((family) => family());
    return () => {
      for (const restore of restores.reverse()) restore();
    };
  };
}
