import {
  type Checker,
  checkKeys,
  checkState,
  isLayersModel,
  isStateful,
  isVariableRecord,
  namedVariables,
  reasonOf,
  type StateDict,
  type Stateful,
  show,
  type VariableSource,
} from '@loopwright/core';
import { prepareVariables, readVariables } from '@loopwright/core/tensors';

/** A part of a run: anything `Stateful`, a `tf.LayersModel`, or variables by name. */
export type RunPart = Stateful | VariableSource;

/** Everything that must survive a restart, by names of your choice, which must be the same when it is loaded. */
export type Run = Readonly<Record<string, RunPart>>;

const MODEL_STATE_VERSION = 1;

/** Checks that a run holds parts, and nothing else. */
export function checkRun(check: Checker, run: Run): Run {
  if (typeof run !== 'object' || run === null || Object.keys(run).length === 0) {
    check.fail(`run must be a record of at least one part, got ${show(run)}`);
  }
  for (const [name, part] of Object.entries(run)) {
    if (!isStateful(part) && !isLayersModel(part) && !isVariableRecord(part)) {
      check.fail(
        `run[${show(name)}] must be Stateful, a tf.LayersModel or a record of tf.Variable, got ${show(part)}`,
      );
    }
  }
  return run;
}

/**
 * Copies the state of every part. It waits for the device.
 *
 * @throws LoopwrightError naming the part that has no state to give
 */
export function captureRun(check: Checker, run: Run): Record<string, StateDict> {
  return Object.fromEntries(
    Object.entries(run).map(([name, part]) => [name, capturePart(check, name, part)]),
  );
}

function capturePart(check: Checker, name: string, part: RunPart): StateDict {
  try {
    if (isStateful(part)) return part.stateDict();
    return { version: MODEL_STATE_VERSION, variables: readVariables(namedVariables(part)) };
  } catch (cause) {
    return check.fail(`run[${show(name)}] cannot be saved: ${reasonOf(cause)}`, { cause });
  }
}

/**
 * Loads states into the parts of a run: all of them, or none. Models are checked before anything is changed. A `Stateful`
 * checks its own state as it loads, so those are loaded one after the other, and if one refuses, it and those before it
 * get the state back that they had.
 *
 * @param states one for each part, by name
 * @throws LoopwrightError naming the part that refused
 */
export function restoreRun(check: Checker, run: Run, states: Readonly<Record<string, StateDict>>): void {
  checkKeys(check, 'the checkpoint', states, Object.keys(run));
  const assignments: (() => void)[] = [];
  const before: [string, Stateful, StateDict][] = [];
  let current = '';
  try {
    for (const [name, part] of variableParts(run)) {
      current = name;
      assignments.push(prepareModel(check, name, part, states[name] as StateDict));
    }
    for (const [name, part] of statefulParts(run)) {
      current = name;
      before.push([name, part, part.stateDict()]);
      part.loadStateDict(states[name] as StateDict);
    }
  } catch (error) {
    const lost = putBack(before);
    const outcome = lost.length === 0 ? 'nothing was changed' : `${show(lost)} could not be put back`;
    check.fail(`run[${show(current)}] refused its state, and ${outcome}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  for (const assign of assignments) assign();
}

function prepareModel(check: Checker, name: string, part: VariableSource, state: StateDict): () => void {
  const { variables } = checkState(check, state, MODEL_STATE_VERSION, ['variables']);
  return prepareVariables(check, name, namedVariables(part), variables);
}

/** Loads earlier states again, the last first, and returns the names of the parts that refused even those. */
function putBack(before: readonly (readonly [string, Stateful, StateDict])[]): string[] {
  return before.toReversed().flatMap(([name, part, state]) => {
    try {
      part.loadStateDict(state);
      return [];
    } catch {
      return [name];
    }
  });
}

function statefulParts(run: Run): [string, Stateful][] {
  return Object.entries(run).filter((entry): entry is [string, Stateful] => isStateful(entry[1]));
}

function variableParts(run: Run): [string, VariableSource][] {
  return Object.entries(run).filter((entry): entry is [string, VariableSource] => !isStateful(entry[1]));
}
