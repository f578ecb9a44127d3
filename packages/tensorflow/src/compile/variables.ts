import { engine, type Variable } from '@tensorflow/tfjs-core';
import type { TensorMetadata } from '../native/binding.ts';
import type { NativeBackend } from '../native/native-backend.ts';

/** All variables that TensorFlow.js knows, on whichever backend they were made. */
export function allVariables(): Variable[] {
  return Object.values(engine().registeredVariables);
}

/** The id of what a variable holds, which moves to the native backend if it lives on another one. */
export function variableId(backend: NativeBackend, variable: Variable): number {
  return backend.getInputTensorIds([variable])[0] as number;
}

/** Gives a variable what an op returned, and with it the id. */
export function setVariable(backend: NativeBackend, variable: Variable, value: TensorMetadata): void {
  const data = backend.tensorMap.get(variable.dataId);
  if (data.refCount > 1) {
    // Other tensors share what it holds.
    const tensor = backend.createOutputTensor(value);
    variable.assign(tensor);
    tensor.dispose();
    return;
  }
  const old = data.id;
  data.id = value.id;
  data.values = null;
  if (old >= 0) backend.binding.deleteTensor(old);
}

/**
 * Gives a variable an id that nothing else has, for the same memory, so that the id tells that the variable is meant.
 */
export function unshareVariable(backend: NativeBackend, variable: Variable): void {
  const id = backend.binding.loopwright?.shareTensor(variableId(backend, variable)) as number;
  const { dtype, shape } = backend.tensorMap.get(variable.dataId);
  const tensor = backend.createOutputTensor({ id, dtype, shape });
  variable.assign(tensor);
  tensor.dispose();
}

/**
 * Tells of each variable that is created while `fn` runs.
 *
 * @param onNew may throw, and then the variable does not come into being
 */
export function watchingNewVariables<T>(onNew: (name: string) => void, fn: () => T): T {
  const { state } = engine() as unknown as { state: { registeredVariables: Record<string, Variable> } };
  const { registeredVariables } = state;
  state.registeredVariables = new Proxy(registeredVariables, {
    set: (variables, name, variable) => {
      onNew(String(name));
      return Reflect.set(variables, name, variable);
    },
  });
  try {
    return fn();
  } finally {
    state.registeredVariables = registeredVariables;
  }
}
