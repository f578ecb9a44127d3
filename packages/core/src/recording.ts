import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorValue } from './tensor-value.ts';
import { toTensor } from './tensors.ts';

/**
 * What records a function so that it can be replayed without running its JavaScript again: the tracer behind
 * `compile`. Tensor operations are recorded below TensorFlow.js; this is for the rest, which happens on the host.
 */
export interface Recorder {
  /** A tensor whose value is read anew at each replay. */
  hostTensor(read: () => TensorValue): Tensor;
  /** Work on the host that runs now and, with the tensors of that call, at this point of each replay. */
  hostEffect(tensors: readonly Tensor[], effect: (tensors: readonly Tensor[]) => void): void;
  /** Text that has to be the same for a replay to do what the function would do. */
  hostGuard(read: () => string): void;
}

let active: Recorder | undefined;

/**
 * A tensor of a value that the host computes anew each time: a learning rate, a random seed. Outside a recording it
 * is {@link toTensor} of what `read` returns; a compiled function calls `read` again at each of its calls. The shape
 * and type must stay the same.
 *
 * @param read its value is borrowed and copied
 * @returns a tensor that the caller owns
 * @example
 * const optimizer = { learningRate: 0.1 };
 * const rate = hostTensor(() => ({ dtype: 'float32', shape: [], data: Float32Array.of(optimizer.learningRate) }));
 */
export function hostTensor(read: () => TensorValue): Tensor {
  return active === undefined ? toTensor(read()) : active.hostTensor(read);
}

/**
 * Does work on the host that a compiled function has to do at each of its calls, not only at the first: counting
 * steps, updating variables by means that cannot be recorded. Outside a recording it simply runs.
 *
 * The effect may run any tensor operation, read values and assign variables, and sees them as they are at that point.
 * What it works on besides variables has to be passed as `tensors`.
 *
 * @param tensors borrowed; at a replay the effect is given those of that call instead
 * @param effect borrows its tensors, and is not in a recording itself
 * @example
 * let steps = 0;
 * hostEffect([], () => {
 *   steps += 1;
 * });
 */
export function hostEffect(tensors: readonly Tensor[], effect: (tensors: readonly Tensor[]) => void): void {
  if (active === undefined) effect(tensors);
  else active.hostEffect(tensors, effect);
}

/**
 * Makes a recording depend on what the host decided: on which variables train, for instance. A compiled function reads it
 * before each of its calls, and is recorded anew where it differs. Outside a recording it does nothing.
 *
 * @example
 * const layers = [{ name: 'head', trainable: true }];
 * hostGuard(() => layers.map(({ trainable }) => trainable).join());
 */
export function hostGuard(read: () => string): void {
  active?.hostGuard(read);
}

/**
 * Runs a function with a recorder, or with none, and restores what was before.
 *
 * @param recorder `undefined` for host work that is not to be recorded
 * @example
 * recordWith(undefined, () => hostEffect([], () => {}));
 */
export function recordWith<T>(recorder: Recorder | undefined, fn: () => T): T {
  const before = active;
  active = recorder;
  try {
    return fn();
  } finally {
    active = before;
  }
}

/**
 * Whether a recorder is at work.
 *
 * @example
 * isRecording(); // false
 */
export function isRecording(): boolean {
  return active !== undefined;
}
