import {
  type Checker,
  checkKeys,
  type ParamGroup,
  type StateValue,
  show,
  stateRecord,
} from '@loopwright/core';
import { type CommonHyperParameters, hyperParameterNames, loadHyperParameters } from './hyper-parameters.ts';
import { type ParameterState, prepareParameterState, saveParameterState } from './parameter-state.ts';
import type { UpdateRule } from './update-rule.ts';

/** Copies a group's hyper-parameters and what is remembered of its parameters. */
export function saveGroup<H extends CommonHyperParameters>(
  rule: UpdateRule<H>,
  group: ParamGroup & H,
  states: ReadonlyMap<string, ParameterState>,
): StateValue {
  const hyperParameters = hyperParameterNames(rule.hyperParameters).map((name) => [name, group[name]]);
  const parameters = Object.keys(group.params).map((name) => [
    name,
    saveParameterState(states.get(name) as ParameterState),
  ]);
  return {
    hyperParameters: Object.fromEntries(hyperParameters),
    parameters: Object.fromEntries(parameters),
  };
}

/**
 * Checks a saved group against this one, parameter by parameter, and returns the function that sets the group's
 * hyper-parameters and makes its parameters' states.
 */
export function prepareGroup<H extends CommonHyperParameters>(
  check: Checker,
  rule: UpdateRule<H>,
  group: ParamGroup & H,
  value: StateValue | undefined,
): () => [name: string, state: ParameterState][] {
  const what = `state.groups[${show(group.name)}]`;
  const saved = stateRecord(check, what, value);
  checkKeys(check, what, saved, ['hyperParameters', 'parameters']);
  const hyper = loadHyperParameters(
    check,
    `${what}.hyperParameters`,
    rule.hyperParameters,
    saved.hyperParameters,
  );
  const parameters = stateRecord(check, `${what}.parameters`, saved.parameters);
  checkKeys(check, `${what}.parameters`, parameters, Object.keys(group.params));
  const makes = Object.entries(group.params).map(([name, variable]) => {
    const where = `${what}.parameters[${show(name)}]`;
    return [name, prepareParameterState(check, where, rule.slots, variable, parameters[name])] as const;
  });
  return () => {
    Object.assign(group, hyper);
    return makes.map(([name, make]) => [name, make()]);
  };
}
