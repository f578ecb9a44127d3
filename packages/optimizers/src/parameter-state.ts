import { type Checker, checkKeys, type StateValue, show, stateRecord } from '@loopwright/core';
import { checkTensorValue, readVariables, toTensor } from '@loopwright/core/tensors';
import { dispose, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import type { UpdateRule } from './update-rule.ts';

/** What an optimizer remembers of one parameter. */
export interface ParameterState {
  /** Steps taken by this parameter. */
  step: number;
  /** Variables of the parameter's shape, owned by the optimizer; made when a step first returns them. */
  readonly slots: Record<string, Variable>;
}

/** The state of a parameter that has not moved yet. */
export function freshParameterState(): ParameterState {
  return { step: 0, slots: {} };
}

/** Copies a parameter's state off the device. */
export function saveParameterState({ step, slots }: ParameterState): StateValue {
  return { step, slots: readVariables(slots) };
}

/**
 * Checks a saved parameter's state and returns the function that makes it; nothing is allocated before it is called.
 *
 * @param parameter whose shape the slots must have
 * @param slots the rule's slots: those that are there `always` must be there if any step was taken
 */
export function prepareParameterState(
  check: Checker,
  what: string,
  slots: UpdateRule<never>['slots'],
  parameter: Variable,
  value: StateValue | undefined,
): () => ParameterState {
  const saved = stateRecord(check, what, value);
  checkKeys(check, what, saved, ['step', 'slots']);
  const step = check.integer(`${what}.step`, saved.step, { min: 0 });
  const values = stateRecord(check, `${what}.slots`, saved.slots);
  const expected = Object.keys(slots).filter((slot) =>
    slots[slot] === 'always' ? step > 0 : slot in values,
  );
  checkKeys(check, `${what}.slots`, values, expected);
  const checked = expected.map(
    (slot) =>
      [slot, checkTensorValue(check, `${what}.slots[${show(slot)}]`, values[slot], parameter)] as const,
  );
  return () => ({
    step,
    slots: tidy(() =>
      Object.fromEntries(checked.map(([slot, saved]) => [slot, variable(toTensor(saved), false)])),
    ),
  });
}

/** Frees a parameter's slots. */
export function disposeParameterState({ slots }: ParameterState): void {
  dispose(slots);
}
