import type { Checker } from '@loopwright/core';
import { neg, type Tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import type { CommonHyperParameters, HyperParameterTable } from './hyper-parameters.ts';

/** What a rule is given for one parameter at one step. Every tensor is borrowed. */
export interface UpdateInput<H> {
  /** The parameter's name. */
  readonly name: string;
  readonly parameter: Tensor;
  /** Same shape as the parameter; already negated where `maximize` is set. */
  readonly gradient: Tensor;
  /** What earlier steps left behind, by slot name; a slot is missing until a step has returned it. */
  readonly slots: Readonly<Record<string, Tensor>>;
  readonly hyper: Readonly<H>;
  /** How many steps this parameter has taken, this one included: 1 at its first. */
  readonly step: number;
}

/** The new values. A slot that is left out keeps its value. */
export interface UpdateOutput {
  readonly parameter: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/**
 * An optimizer's mathematics: what it is called, what can be set, what it remembers of each parameter, and one pure
 * function. {@link RuleOptimizer} does the rest.
 *
 * @example
 * const signSGD: UpdateRule<CommonHyperParameters> = {
 *   name: 'SignSGD',
 *   hyperParameters: commonHyperParameters({ learningRate: 1e-3, weightDecay: 0 }),
 *   slots: {},
 *   apply: ({ parameter, gradient, hyper }) => ({
 *     parameter: tf.sub(parameter, tf.mul(tf.sign(gradient), hyper.learningRate)),
 *     slots: {},
 *   }),
 * };
 */
export interface UpdateRule<H extends CommonHyperParameters> {
  /** Leads error messages and is kept in the state. */
  readonly name: string;
  readonly hyperParameters: HyperParameterTable<H>;
  /** All slots that `apply` may return: `always` from the first step on, or only under some hyper-parameters. */
  readonly slots: Readonly<Record<string, 'always' | 'sometimes'>>;
  /** Refuses combinations of hyper-parameters, once, at construction. */
  readonly validate?: (check: Checker, hyper: Readonly<H>) => void;
  /** The update. It runs inside `tf.tidy`, computes scalars in JavaScript's doubles and reads nothing back. */
  apply(input: UpdateInput<H>): UpdateOutput;
}

/** One parameter with all that a step of it needs; `slots` is filled by {@link applyUpdate}. */
export interface UpdateTarget<H> {
  readonly name: string;
  readonly variable: Variable;
  /** Borrowed. */
  readonly gradient: Tensor;
  readonly slots: Record<string, Variable>;
  readonly hyper: Readonly<H>;
  readonly step: number;
}

/**
 * Steps one parameter: computes the rule and assigns what it returns. This is the only place where an update is
 * written, so it is also where an engine's fused kernel for a rule belongs; neither rules nor classes know of it.
 */
export function applyUpdate<H extends CommonHyperParameters>(
  rule: UpdateRule<H>,
  { name, variable: parameter, gradient, slots, hyper, step }: UpdateTarget<H>,
): void {
  tidy(() => {
    const ascent = hyper.maximize ? neg(gradient) : gradient;
    const updated = rule.apply({ name, parameter, gradient: ascent, slots, hyper, step });
    for (const [slot, value] of Object.entries(updated.slots)) {
      const held = slots[slot];
      if (held === undefined) slots[slot] = variable(value, false);
      else if (held !== value) held.assign(value);
    }
    if (updated.parameter !== parameter) parameter.assign(updated.parameter);
  });
}
