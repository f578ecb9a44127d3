/**
 * What needs TensorFlow.js at run time; everything else in core only names its types.
 * @packageDocumentation
 */
import { type Tensor, tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { Checker } from './check.ts';
import { show } from './errors.ts';
import { checkKeys, type StateValue, stateRecord } from './stateful.ts';
import { isTensorValue, readTensor, type TensorValue } from './tensor-value.ts';

export { checkTensor, type TensorSpec } from './check-tensor.ts';
export {
  type AccumulateUpdate,
  type AdamUpdate,
  type GradientUpdate,
  type InPlaceKernels,
  type InPlaceUpdates,
  type InterpolateUpdate,
  inPlaceKernels,
  provideInPlaceKernels,
  type RAdamUpdate,
  type RmsPropUpdate,
  type ScaleUpdate,
  type SgdUpdate,
  type SynchronizeUpdate,
  updateInPlace,
} from './in-place.ts';
export { hostEffect, hostGuard, hostTensor, isRecording, type Recorder, recordWith } from './recording.ts';

/**
 * Makes a tensor from a value.
 *
 * @param value borrowed and copied
 * @returns a tensor that the caller owns
 * @example
 * const tensor = toTensor({ dtype: 'int32', shape: [3], data: Int32Array.of(1, 2, 3) }); // [1, 2, 3]
 */
export function toTensor(value: TensorValue): Tensor {
  // Copied, because the cpu backend would keep the caller's memory as the tensor's own.
  return tensor(value.data.slice(), [...value.shape], value.dtype);
}

/**
 * Makes a tensor from a value that nobody else will use: nothing is copied, so that reading large files takes half the time.
 *
 * @param value its memory becomes the tensor's
 * @returns a tensor that the caller owns
 * @example
 * const tensor = adoptTensor({ dtype: 'int32', shape: [3], data: Int32Array.of(1, 2, 3) }); // [1, 2, 3]
 */
export function adoptTensor(value: TensorValue): Tensor {
  return tensor(value.data, [...value.shape], value.dtype);
}

/**
 * Copies a value into a variable of the same shape and type. TensorFlow.js throws where they differ; a state is checked
 * with {@link prepareVariables} before it gets here.
 *
 * @param variable stays the caller's
 * @param value borrowed and copied
 * @example
 * const temperature = tf.variable(tf.scalar(1));
 * assignValue(temperature, { dtype: 'float32', shape: [], data: Float32Array.of(2) });
 * temperature.dataSync(); // [2]
 */
export function assignValue(variable: Variable, value: TensorValue): void {
  tidy(() => variable.assign(toTensor(value)));
}

/**
 * The values of variables by name, for a state dictionary. It waits for the device.
 *
 * @param variables borrowed
 * @returns copies in plain memory, which nobody has to dispose
 * @example
 * const state = { version: 1, weights: readVariables(namedVariables(model)) };
 */
export function readVariables(variables: Readonly<Record<string, Variable>>): Record<string, TensorValue> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, readTensor(variable)]),
  );
}

/**
 * Checks that a state holds exactly one value of the right shape and type for each variable, and returns the
 * function that assigns them. Nothing is changed until that is called, so a state of several parts is all or nothing.
 *
 * @param what the part's name in messages, for example `state.weights`
 * @param variables stay the caller's
 * @returns assigns the values; it copies them and makes no tensor that stays
 * @throws LoopwrightError naming the variable whose value is missing, unknown or of another shape or type
 * @example
 * const variables = namedVariables(model);
 * const assignWeights = prepareVariables(check, 'state.weights', variables, readVariables(variables));
 * assignWeights();
 */
export function prepareVariables(
  check: Checker,
  what: string,
  variables: Readonly<Record<string, Variable>>,
  state: StateValue | undefined,
): () => void {
  const values = stateRecord(check, what, state);
  checkKeys(check, what, values, Object.keys(variables));
  const assignments = Object.entries(variables).map(([name, variable]) => {
    const value = checkTensorValue(check, `${what}[${show(name)}]`, values[name], variable);
    return () => assignValue(variable, value);
  });
  return () => {
    for (const assign of assignments) assign();
  };
}

/**
 * Checks that a value of a state is a tensor's value of the given shape and type, and as long as that.
 *
 * @param what the value's name in the message
 * @param expected what has the shape and type: a tensor, a variable or another value
 * @returns the value itself
 * @throws LoopwrightError naming what it is and what was expected
 * @example
 * const value = checkTensorValue(check, 'state.logits', readTensor(logits), logits);
 */
export function checkTensorValue(
  check: Checker,
  what: string,
  value: StateValue | undefined,
  expected: { readonly shape: readonly number[]; readonly dtype: string },
): TensorValue {
  if (!isTensorValue(value)) return check.fail(`${what} must be a tensor's value, got ${show(value)}`);
  if (value.dtype !== expected.dtype || value.shape.join() !== expected.shape.join()) {
    check.fail(
      `${what} is ${value.dtype} [${value.shape.join(', ')}], expected ${expected.dtype} [${expected.shape.join(', ')}]`,
    );
  }
  const size = expected.shape.reduce((product, length) => product * length, 1);
  if (value.data.length !== size) {
    check.fail(
      `${what} of shape [${value.shape.join(', ')}] must have ${size} values, got ${value.data.length}`,
    );
  }
  return value;
}
