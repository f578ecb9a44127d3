import { namedVariables, type VariableSource } from '@loopwright/core';
import type { Variable } from '@tensorflow/tfjs-core';

/** The variables that training changes, by name. */
export function trainableVariables(source: VariableSource): Record<string, Variable> {
  return Object.fromEntries(
    Object.entries(namedVariables(source)).filter(([, variable]) => variable.trainable),
  );
}
