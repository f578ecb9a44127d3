import type { Checker } from '@loopwright/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { CommonHyperParameters, HyperParameterTable } from './hyper-parameters.ts';
import type { InPlaceRule } from './in-place-rule.ts';

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
  /** The same for engines that change variables in place; without it, and on others, `apply` is used. */
  readonly inPlace?: InPlaceRule<H>;
}
