import {
  type Checker,
  checker,
  checkKeys,
  checkState,
  type ParamGroup,
  type StateDict,
  show,
  stateRecord,
} from '@loopwright/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import { applyUpdates } from './apply-updates.ts';
import type { Gradients } from './gradients.ts';
import { prepareGroup, saveGroup } from './group-state.ts';
import {
  type CommonHyperParameters,
  defaultHyperParameters,
  hyperParameterNames,
  readHyperParameters,
} from './hyper-parameters.ts';
import { minimize, type Optimizer, step } from './optimizer.ts';
import {
  type OptimizerParams,
  type ResolvedGroup,
  resolveGroups,
  type VariablePredicate,
} from './param-groups.ts';
import { type MatchedGradient, ParameterSet } from './parameter-set.ts';
import { disposeParameterState, freshParameterState, type ParameterState } from './parameter-state.ts';
import type { UpdateRule } from './update-rule.ts';

/** Options of an optimizer: its hyper-parameters, each with a default, and what they do not apply to. */
export type OptimizerOptions<H> = Partial<H> & {
  /** Parameters for which it is true form a second group, `default.noDecay`, with `weightDecay: 0`. */
  readonly noDecay?: VariablePredicate;
};

const stateVersion = 1;

/**
 * An {@link Optimizer} that computes an {@link UpdateRule}: groups, slots, freezing and state, the same for all rules.
 * `SGD`, `Adam` and the others are this class with their rule; use it directly for a rule of your own.
 *
 * Slots and steps are kept by parameter name. The state holds them with every group's hyper-parameters, which loading
 * sets too, as PyTorch does. The parameters stay the caller's; the slots are this object's, which `dispose` frees.
 *
 * @throws LoopwrightError for unknown options, values out of range, and params that hold no variables or one twice
 * @example
 * const halving: UpdateRule<CommonHyperParameters> = {
 *   name: 'Halving',
 *   hyperParameters: commonHyperParameters({ learningRate: 1, weightDecay: 0 }),
 *   slots: {},
 *   apply: ({ parameter }) => ({ parameter: tf.mul(parameter, 0.5), slots: {} }),
 * };
 * const weight = tf.variable(tf.tensor1d([4]));
 * new RuleOptimizer(halving, { weight }).step({ weight: tf.tensor1d([1]) });
 * weight.dataSync(); // [2]
 */
export class RuleOptimizer<H extends CommonHyperParameters> implements Optimizer {
  readonly parameters: ParameterSet;
  /** Set their hyper-parameters at any time; each step reads and checks them anew. */
  readonly paramGroups: readonly (ParamGroup & H)[];
  private readonly rule: UpdateRule<H>;
  private readonly check: Checker;
  private readonly states = new Map<string, ParameterState>();

  /**
   * @param rule the mathematics
   * @param params a model, variables by name, or groups of these with options of their own
   * @param options hyper-parameters that differ from the rule's defaults
   */
  constructor(rule: UpdateRule<H>, params: OptimizerParams<H>, options: OptimizerOptions<H> = {}) {
    this.rule = rule;
    this.check = checker('optimizers', rule.name);
    const names = hyperParameterNames(rule.hyperParameters);
    const { noDecay, ...given } = this.check.options(options, [...names, 'noDecay']);
    if (noDecay !== undefined) this.check.func('noDecay', noDecay);
    const hyper = this.configure('', defaultHyperParameters(rule.hyperParameters), given);
    const groups = resolveGroups<H>(this.check, params, noDecay);
    this.paramGroups = groups.map((group) => this.makeGroup(group, hyper));
    this.parameters = new ParameterSet(this.check, groups);
    this.dispose();
  }

  step(gradients: Gradients): void {
    step(this, gradients);
  }

  prepareStep(gradients: readonly MatchedGradient[]): () => void {
    const hyperOf = this.readGroups();
    const targets = gradients.map(({ name, variable, gradient }) => ({
      name,
      variable,
      gradient,
      state: this.states.get(name) as ParameterState,
      hyper: hyperOf.get(name) as H,
    }));
    return () => applyUpdates(this.rule, targets);
  }

  minimize(loss: () => Scalar): Scalar {
    return minimize(this, this.rule.name, loss);
  }

  stateDict(): StateDict {
    const groups = this.paramGroups.map((group) => [group.name, saveGroup(this.rule, group, this.states)]);
    return { version: stateVersion, optimizer: this.rule.name, groups: Object.fromEntries(groups) };
  }

  loadStateDict(state: StateDict): void {
    const { optimizer, groups } = checkState(this.check, state, stateVersion, ['optimizer', 'groups']);
    if (optimizer !== this.rule.name)
      this.check.fail(`state is that of another optimizer, ${show(optimizer)}`);
    const saved = stateRecord(this.check, 'state.groups', groups);
    const names = this.paramGroups.map(({ name }) => name);
    checkKeys(this.check, 'state.groups', saved, names);
    const loads = this.paramGroups.map((group) =>
      prepareGroup(this.check, this.rule, group, saved[group.name]),
    );
    this.dispose();
    for (const [name, loaded] of loads.flatMap((load) => load())) this.states.set(name, loaded);
  }

  dispose(): void {
    for (const state of this.states.values()) disposeParameterState(state);
    for (const name of this.parameters.variables.keys()) this.states.set(name, freshParameterState());
  }

  /** The hyper-parameters of each parameter's group as they are now. */
  private readGroups(): Map<string, H> {
    const hyperOf = new Map<string, H>();
    for (const group of this.paramGroups) {
      const prefix = `group ${show(group.name)}: `;
      const hyper = readHyperParameters(this.check, prefix, this.rule.hyperParameters, group);
      for (const name of Object.keys(group.params)) hyperOf.set(name, hyper);
    }
    return hyperOf;
  }

  private makeGroup({ name, params, options }: ResolvedGroup<H>, defaults: H): ParamGroup & H {
    this.check.options<Partial<H>>(options, hyperParameterNames(this.rule.hyperParameters));
    const hyper = this.configure(`group ${show(name)}: `, defaults, options);
    return { name, params, ...hyper } as ParamGroup & H;
  }

  private configure(prefix: string, defaults: H, given: object): H {
    const defined = Object.entries(given).filter(([, value]) => value !== undefined);
    const values = { ...defaults, ...Object.fromEntries(defined) };
    const hyper = readHyperParameters(this.check, prefix, this.rule.hyperParameters, values);
    this.rule.validate?.(this.check, hyper);
    return hyper;
  }
}
