import {
  type Checker,
  checker,
  checkState,
  readTensor,
  type StateDict,
  type Stateful,
  show,
  stateRecord,
  type VariableSource,
} from '@loopwright/core';
import { checkTensorValue, hostEffect, isRecording, toTensor } from '@loopwright/core/tensors';
import { clone, type Tensor, tidy, type Variable, variable, zerosLike } from '@tensorflow/tfjs-core';
import type { Gradients } from './gradients.ts';
import { isOptimizer, type Optimizer } from './optimizer.ts';
import { resolveGroups } from './param-groups.ts';
import { type MatchedGradient, ParameterSet } from './parameter-set.ts';
import { addScaled, scale } from './sums.ts';

/** Options of {@link GradientAccumulator}. */
export interface GradientAccumulatorOptions {
  /** How many micro-batches make one step, at least 1. */
  readonly steps: number;
  /** What becomes of them: their weighted mean (default), or their weighted sum. */
  readonly reduction?: 'mean' | 'sum';
}

const stateVersion = 1;
const reductions = ['mean', 'sum'] as const;

/**
 * Gradients of a large batch from micro-batches: `Σ wᵢ gᵢ / Σ wᵢ`, or `Σ wᵢ gᵢ` with `reduction: 'sum'`. With losses
 * that are means over a micro-batch and its number of samples as weight, the mean is the large batch's gradient,
 * however unequal the micro-batches are. A parameter without a gradient in one of them counts zero there.
 *
 * It holds one tensor a parameter between `add` and `take`, frees them with `dispose`, and keeps them in its state, so
 * that a run can be resumed between micro-batches.
 *
 * @throws LoopwrightError for unknown options, values out of range, and gradients that belong to no parameter
 * @example
 * const accumulator = new GradientAccumulator(optimizer, { steps: 2 });
 * for (const { images, labels } of train) {
 *   tf.tidy(() => {
 *     const { grads } = tf.variableGrads(() => crossEntropy(forward(images), labels));
 *     accumulator.add(grads, labels.size);
 *   });
 *   accumulator.step(); // the optimizer's step, each second time
 * }
 */
export class GradientAccumulator implements Stateful {
  /** How many micro-batches make one step. */
  steps: number;
  private reduction: 'mean' | 'sum';
  private readonly check: Checker = checker('optimizers', 'GradientAccumulator');
  private readonly parameters: ParameterSet;
  private readonly optimizer: Optimizer | undefined;
  private readonly sums = new Map<string, Variable>();
  private count = 0;
  private weight = 0;

  /**
   * @param subject the optimizer that will step, or a model or variables; gradients are kept under their names
   * @param options how many micro-batches, and what becomes of them
   */
  constructor(subject: Optimizer | VariableSource, options: GradientAccumulatorOptions) {
    const { steps, reduction = 'mean' } = this.check.options(options, ['steps', 'reduction']);
    this.steps = this.check.positiveInteger('steps', steps);
    this.reduction = this.check.oneOf('reduction', reduction, reductions);
    this.optimizer = isOptimizer(subject) ? subject : undefined;
    this.parameters = isOptimizer(subject)
      ? subject.parameters
      : new ParameterSet(this.check, resolveGroups(this.check, subject, undefined));
  }

  /** Whether as many micro-batches as make a step have been added. */
  get ready(): boolean {
    return this.count >= this.steps;
  }

  /**
   * Adds one micro-batch; in a compiled function, one at each call.
   *
   * @param gradients by parameter name or variable name; borrowed
   * @param weight greater than 0; the number of samples, where the loss is their mean
   * @throws LoopwrightError, having added nothing, if a gradient does not fit or `take()` is due
   */
  add(gradients: Gradients, weight = 1): void {
    this.check.number('weight', weight, { above: 0 });
    const matched = this.parameters.match(gradients);
    const given = matched.map(({ gradient }) => gradient);
    hostEffect(given, (current) => this.addAll(matched, current, weight));
  }

  /**
   * Steps the optimizer with what was accumulated if it is {@link ready}, and starts anew; otherwise does nothing. In a
   * compiled function it is decided at each call.
   *
   * @throws LoopwrightError if this accumulates for no optimizer; and what the optimizer's step throws, after which the
   * accumulated gradients are gone
   */
  step(): void {
    const optimizer =
      this.optimizer ?? this.check.fail('step() needs an optimizer, but this was made for variables');
    hostEffect([], () => {
      if (this.ready) tidy(() => optimizer.step(this.take()));
    });
  }

  /**
   * Returns what was accumulated and starts anew. It may be called before all micro-batches are there, as after the last
   * batch of an epoch.
   *
   * @returns gradients by parameter name, owned by the caller
   * @throws LoopwrightError if nothing was added, or in a compiled function, whose later calls it could not serve
   */
  take(): Record<string, Tensor> {
    if (isRecording()) this.check.fail('take() cannot be compiled: call it outside, or step() in its place');
    if (this.count === 0) this.check.fail('there is nothing to take: call add() first');
    if (this.reduction === 'mean') scale([...this.sums.values()], 1 / this.weight);
    const taken = [...this.sums].map(([name, sum]) => [name, clone<Tensor>(sum)]);
    this.dispose();
    return Object.fromEntries(taken);
  }

  /** Forgets what was accumulated and frees it. */
  dispose(): void {
    for (const sum of this.sums.values()) sum.dispose();
    this.sums.clear();
    this.count = 0;
    this.weight = 0;
  }

  stateDict(): StateDict {
    const { steps, reduction, count, weight } = this;
    const sums = [...this.sums].map(([name, sum]) => [name, readTensor(sum)]);
    return { version: stateVersion, steps, reduction, count, weight, sums: Object.fromEntries(sums) };
  }

  loadStateDict(state: StateDict): void {
    const keys = ['steps', 'reduction', 'count', 'weight', 'sums'] as const;
    const saved = checkState(this.check, state, stateVersion, keys);
    const steps = this.check.positiveInteger('state.steps', saved.steps);
    const reduction = this.check.oneOf('state.reduction', saved.reduction, reductions);
    const count = this.check.integer('state.count', saved.count, { min: 0, max: steps });
    const weight = this.check.number('state.weight', saved.weight, { min: 0 });
    const sums = Object.entries(stateRecord(this.check, 'state.sums', saved.sums)).map(([name, value]) => {
      const what = `state.sums[${show(name)}]`;
      const parameter = this.parameters.variables.get(name) ?? this.check.fail(`${what} is of no parameter`);
      return [name, checkTensorValue(this.check, what, value, parameter)] as const;
    });
    this.dispose();
    Object.assign(this, { steps, reduction, count, weight });
    for (const [name, value] of sums)
      this.sums.set(
        name,
        holdSum(() => toTensor(value)),
      );
  }

  private addAll(matched: readonly MatchedGradient[], gradients: readonly Tensor[], weight: number): void {
    if (this.ready) this.check.fail(`${this.count} micro-batches are complete: call take() first`);
    const terms = matched.map(({ name }, i) => {
      const term = gradients[i] as Tensor;
      const sum = this.sums.get(name) ?? holdSum(() => zerosLike(term));
      this.sums.set(name, sum);
      return { sum, term, weight };
    });
    addScaled(terms);
    this.count += 1;
    this.weight += weight;
  }
}

function holdSum(make: () => Tensor): Variable {
  return tidy(() => variable(make(), false));
}
