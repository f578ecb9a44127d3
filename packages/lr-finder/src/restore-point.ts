import {
  type Checker,
  isLayersModel,
  isStateful,
  isVariableRecord,
  namedVariables,
  reasonOf,
  type Stateful,
  show,
  type VariableSource,
} from '@loopwright/core';
import { prepareVariables, readVariables } from '@loopwright/core/tensors';

/** Whatever can be put back as it was: anything `Stateful`, a `tf.LayersModel`, or variables by name. */
export type RestorablePart = Stateful | VariableSource;

/** Whether a value is a {@link RestorablePart}. */
export function isRestorable(value: unknown): value is RestorablePart {
  return isStateful(value) || isLayersModel(value) || isVariableRecord(value);
}

/**
 * Copies the state of every part off the device, and returns the function that puts all of them back.
 *
 * @param parts by the names that messages call them
 * @throws LoopwrightError when called later, after it has put back all others, naming the parts that refused
 */
export function restorePoint(check: Checker, parts: Readonly<Record<string, RestorablePart>>): () => void {
  const restores = Object.entries(parts).map(([name, part]) => ({
    name,
    restore: restoreOf(check, name, part),
  }));
  return () => {
    const refusals = restores.flatMap(({ name, restore }) => {
      try {
        restore();
        return [];
      } catch (error) {
        return [{ name, error }];
      }
    });
    const [first] = refusals;
    if (first === undefined) return;
    const names = show(refusals.map(({ name }) => name));
    check.fail(`${names} could not be restored: ${reasonOf(first.error)}`, { cause: first.error });
  };
}

function restoreOf(check: Checker, name: string, part: RestorablePart): () => void {
  if (isStateful(part)) {
    const state = part.stateDict();
    return () => part.loadStateDict(state);
  }
  const variables = namedVariables(part);
  return prepareVariables(check, name, variables, readVariables(variables));
}
