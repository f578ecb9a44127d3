import {
  type Checker,
  type HasParamGroups,
  type StateDict,
  type StateValue,
  show,
  stateRecord,
} from '@loopwright/core';
import { LRScheduler, OpenLoopScheduler } from './lr-scheduler.ts';

/** Checks that schedulers can be parts of one: at least one, none that needs a metric, all of the same optimizer. */
export function readParts(
  check: Checker,
  value: readonly OpenLoopScheduler[],
  optimizer?: HasParamGroups,
): OpenLoopScheduler[] {
  if (!Array.isArray(value) || value.length === 0) {
    check.fail(`schedulers must be a list of at least one, got ${show(value)}`);
  }
  const parts = value.map((part: unknown, index) => {
    const what = `schedulers[${index}]`;
    if (!(part instanceof LRScheduler)) return check.fail(`${what} must be a scheduler, got ${show(part)}`);
    if (!(part instanceof OpenLoopScheduler)) {
      return check.fail(`${what} must not need a metric, got ${show(part)}; step it on its own`);
    }
    return part;
  });
  const expected = optimizer ?? parts[0]?.optimizer;
  const stranger = parts.findIndex((part) => part.optimizer !== expected);
  if (stranger !== -1) check.fail(`schedulers[${stranger}] must be of the same optimizer, and is of another`);
  return parts;
}

/** Checks the states of parts, in order, and returns the function that loads them all. */
export function prepareParts(
  check: Checker,
  parts: readonly OpenLoopScheduler[],
  states: StateValue | undefined,
): () => void {
  if (!Array.isArray(states) || states.length !== parts.length) {
    return check.fail(`state.schedulers must be ${parts.length} states, got ${show(states)}`);
  }
  const loads = parts.map((part, index) =>
    part.prepareState(stateRecord(check, `state.schedulers[${index}]`, states[index]) as StateDict),
  );
  return () => {
    for (const load of loads) load();
  };
}
