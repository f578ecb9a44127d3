import { engine, type Tensor, type Variable } from '@tensorflow/tfjs-core';
import { type DtypeChooser, replaceDtypeChooser } from '../algorithms/compute-dtype.ts';
import { addToExecutionKey } from '../native/execution-key.ts';
import { activeNativeBackend, insertLayer, unlayeredCalls } from '../native/native-backend.ts';
import { bfloat16Pays } from './bfloat16-pays.ts';
import { Bfloat16Tensors } from './bfloat16-tensors.ts';
import { type Lender, lendToKernels } from './in-place-kernels.ts';
import { PrecisionLayer, type PrecisionPolicy } from './precision-layer.ts';

/** How much of what a function computes is reduced to bfloat16. */
export type Extent = 'nothing' | 'where it pays' | 'all';

/**
 * The part of this process that computes in bfloat16. Its layer is there while a function runs under autocast, and after
 * that as long as a tensor is left that is bfloat16 natively; otherwise nothing stands between TensorFlow.js and the
 * binding.
 */
class Precision implements PrecisionPolicy, Lender {
  choosesByCall = false;
  private extent: Extent = 'nothing';
  private tensors: Bfloat16Tensors | undefined;
  private removeLayer: (() => void) | undefined;

  get isReducing(): boolean {
    return this.extent !== 'nothing';
  }

  /**
   * Runs a function in bfloat16. Within another one it goes as far as that.
   *
   * @param tensorsOf the tensors in the function's result; they and all variables are float32 natively when it returns
   */
  reduce<T>(extent: Extent, fn: () => T, tensorsOf: (result: T) => readonly Tensor[]): T {
    if (this.isReducing) return fn();
    this.insertLayer();
    const restoreChooser = replaceDtypeChooser(this.choose);
    const restoreKernels = lendToKernels(this);
    this.extent = extent;
    try {
      const result = fn();
      this.settle([...tensorsOf(result), ...Object.values(engine().registeredVariables)]);
      return result;
    } finally {
      this.extent = 'nothing';
      this.choosesByCall = false;
      restoreChooser();
      restoreKernels();
      this.forgetCasts();
      this.removeIdleLayer();
    }
  }

  /** Functions recorded under one key are not to be replayed under another. */
  get key(): string {
    return this.extent;
  }

  settle(tensors: readonly (Tensor | Variable)[]): void {
    const known = this.tensors;
    const backend = activeNativeBackend();
    if (known === undefined || known.size === 0 || backend === undefined) return;
    for (const { dataId } of tensors) {
      if (!backend.tensorMap.has(dataId)) continue;
      const data = backend.tensorMap.get(dataId);
      if (known.has(data.id)) data.id = known.replace(data.id);
    }
    this.removeIdleLayer();
  }

  lend<T>(tensors: readonly Tensor[], run: () => T): T {
    const known = this.tensors;
    const backend = activeNativeBackend();
    if (known === undefined || backend === undefined) return run();
    const reduced = tensors
      .map(({ dataId }) => backend.tensorMap.get(dataId))
      .filter(({ id }) => known.has(id))
      .map((data) => ({ data, id: data.id }));
    try {
      for (const { data, id } of reduced) data.id = known.inFloat32(id);
      return run();
    } finally {
      for (const { data, id } of reduced) data.id = id;
    }
  }

  forgetCasts(): void {
    this.tensors?.forgetCasts();
  }

  removeIdleLayer(): void {
    if (this.isReducing || this.tensors === undefined || this.tensors.size > 0) return;
    this.tensors = undefined;
    this.removeLayer?.();
    this.removeLayer = undefined;
  }

  private insertLayer(): void {
    if (this.tensors !== undefined) return;
    this.tensors = new Bfloat16Tensors(unlayeredCalls());
    this.removeLayer = insertLayer('precision', new PrecisionLayer(this.tensors, this).layer);
  }

  private readonly choose: DtypeChooser = (call) => {
    this.choosesByCall = true;
    return this.extent === 'all' || bfloat16Pays(call) ? 'bfloat16' : 'float32';
  };
}

export const precision = new Precision();
addToExecutionKey(() => precision.key);

/**
 * Sees to it that tensors are float32 natively too, for code that takes their ids past the layers: into functions of the
 * extension, or as a recording's arguments. Those that are cost nothing.
 *
 * @param tensors borrowed; they stay what they are to TensorFlow.js
 * @example
 * const gradient = tf.zeros([3]);
 * settleInFloat32([gradient]);
 */
export function settleInFloat32(tensors: readonly (Tensor | Variable)[]): void {
  precision.settle(tensors);
}
