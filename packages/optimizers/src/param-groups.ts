import {
  type Checker,
  checker,
  isLayersModel,
  isVariable,
  isVariableRecord,
  namedVariables,
  show,
  type VariableSource,
} from '@loopwright/core';
import type { Variable } from '@tensorflow/tfjs-core';
import type { ParameterSource } from './parameter-set.ts';
import { unfrozenVariables } from './trainable-weights.ts';

/** Chooses variables by name, rank, shape … */
export type VariablePredicate = (name: string, variable: Variable) => boolean;

/** Variables to be updated alike, with the options in which they differ from the optimizer's own. */
export type ParamGroupOptions<H> = {
  readonly name: string;
  /** A model, or variables by name. */
  readonly params: VariableSource;
  /** Which of `params` belong to this group; all by default. */
  readonly select?: VariablePredicate;
} & Partial<H>;

/** What an optimizer can be made for: a `tf.LayersModel`, variables by name, or groups of either. */
export type OptimizerParams<H> = VariableSource | readonly ParamGroupOptions<H>[];

/** A group with its variables found. */
export interface ResolvedGroup<H> extends ParameterSource {
  readonly name: string;
  readonly options: Partial<H>;
}

/** What the one group is called where none were given. */
const defaultName = 'default';
/** Appended to the name of a group for the part of it that `noDecay` chose. */
const noDecaySuffix = '.noDecay';

/**
 * The variables of a model or record that an optimizer may change, by name: all of a record, and of a `tf.LayersModel`
 * those that train or would if nothing were frozen. Batch normalization's statistics are not among them.
 *
 * @returns live variables, which stay their owner's
 * @example
 * const names = Object.keys(namedParameters(model));
 * names.filter((name) => name.startsWith('norm/')); // ['norm/gamma', 'norm/beta']
 */
export function namedParameters(source: VariableSource): Record<string, Variable> {
  const variables = namedVariables(source);
  if (!isLayersModel(source)) return variables;
  const remaining = unfrozenVariables(source);
  // Where nested models share a layer, its variables have several names; the first one counts.
  return Object.fromEntries(Object.entries(variables).filter(([, variable]) => remaining.delete(variable)));
}

/**
 * Parameter groups by any rule: parameters for which `groupOf` returns the same name form a group.
 *
 * @param source a model or variables by name
 * @param groupOf the group's name for a parameter
 * @param options the options in which a group differs, by group name
 * @returns groups for an optimizer, in order of their first parameter; the variables stay their owner's
 * @throws LoopwrightError if `options` names a group without parameters
 * @example
 * const groups = groupParams(model, (name) => (name.startsWith('head/') ? 'head' : 'backbone'), {
 *   backbone: { learningRate: 1e-4 },
 * });
 * const optimizer = new AdamW(groups, { learningRate: 1e-3 });
 */
export function groupParams<O extends object = Record<never, never>>(
  source: VariableSource,
  groupOf: (name: string, variable: Variable) => string,
  options: Readonly<Record<string, O>> = {},
): ({ name: string; params: VariableSource; select: VariablePredicate } & Partial<O>)[] {
  const check = checker('optimizers', 'groupParams');
  const parameters = Object.entries(namedParameters(source));
  const names = new Set(
    parameters.map(([name, variable]) => check.string('groupOf()', groupOf(name, variable))),
  );
  for (const name of Object.keys(options)) {
    if (!names.has(name)) check.fail(`options.${name} is for a group without parameters`);
  }
  return [...names].map((name) => ({
    ...(options[name] as Partial<O>),
    name,
    params: source,
    select: (parameter, variable) => groupOf(parameter, variable) === name,
  }));
}

/**
 * Finds the variables of each group, and splits off those that `noDecay` chooses into a group of their own, with
 * `weightDecay: 0` and `.noDecay` after its name. A half without variables is left out.
 */
export function resolveGroups<H extends { weightDecay: number }>(
  check: Checker,
  params: OptimizerParams<H>,
  noDecay: VariablePredicate | undefined,
): ResolvedGroup<H>[] {
  const groups = isGroupList(params) ? params : [{ name: defaultName, params } as ParamGroupOptions<H>];
  const resolved = groups.flatMap((group) => splitNoDecay(resolveGroup(check, group), noDecay));
  const names = resolved.map(({ name }) => name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) check.fail(`two parameter groups are named ${show(repeated)}`);
  if (resolved.length === 0) check.fail('params must hold at least one parameter group, got []');
  return resolved;
}

function isGroupList<H>(params: OptimizerParams<H>): params is readonly ParamGroupOptions<H>[] {
  return Array.isArray(params);
}

function resolveGroup<H>(check: Checker, group: ParamGroupOptions<H>): ResolvedGroup<H> {
  if (isVariable(group))
    check.fail('params must hold variables by name, in a record, and not a list of them');
  const { name, params: source, select = () => true, ...options } = group;
  check.string('name of a parameter group', name);
  check.func(`group ${show(name)}: select`, select);
  if (!isLayersModel(source) && !isVariableRecord(source)) {
    const argument = name === defaultName ? 'params' : `group ${show(name)}: params`;
    check.fail(`${argument} must be a tf.LayersModel or a record of tf.Variable, got ${show(source)}`);
  }
  const chosen = Object.entries(namedParameters(source)).filter(([key, variable]) => select(key, variable));
  if (chosen.length === 0) check.fail(`parameter group ${show(name)} is empty`);
  return {
    name,
    params: Object.fromEntries(chosen),
    model: isLayersModel(source) ? source : undefined,
    options: options as unknown as Partial<H>,
  };
}

function splitNoDecay<H extends { weightDecay: number }>(
  group: ResolvedGroup<H>,
  noDecay: VariablePredicate | undefined,
): ResolvedGroup<H>[] {
  if (noDecay === undefined) return [group];
  const entries = Object.entries(group.params);
  const half = (exempt: boolean) =>
    Object.fromEntries(entries.filter(([name, variable]) => noDecay(name, variable) === exempt));
  const exempt: ResolvedGroup<H> = {
    ...group,
    name: group.name + noDecaySuffix,
    params: half(true),
    options: { ...group.options, weightDecay: 0 },
  };
  return [{ ...group, params: half(false) }, exempt].filter(({ params }) => Object.keys(params).length > 0);
}
