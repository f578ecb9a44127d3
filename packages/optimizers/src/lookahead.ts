import {
  type Checker,
  checker,
  checkKeys,
  checkState,
  readTensor,
  type StateDict,
  type StateValue,
  show,
  stateRecord,
} from '@loopwright/core';
import { checkTensorValue, type SynchronizeUpdate, toTensor, updateInPlace } from '@loopwright/core/tensors';
import { add, mul, type Scalar, sub, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import type { Gradients } from './gradients.ts';
import type { CommonHyperParameters } from './hyper-parameters.ts';
import { isOptimizer, minimize, type Optimizer, step } from './optimizer.ts';
import type { OptimizerParams } from './param-groups.ts';
import type { MatchedGradient, ParameterSet } from './parameter-set.ts';
import type { OptimizerOptions } from './rule-optimizer.ts';
import type { SGDHyperParameters } from './rules/sgd.ts';
import { SGD } from './sgd.ts';

/** How far and how often the slow weights follow the fast ones. */
export interface LookaheadOptions {
  /** Fast steps for each slow one, at least 1; 6 by default. */
  readonly k?: number | undefined;
  /** How far a slow step goes towards the fast weights, from 0 to 1; 0.5 by default. */
  readonly alpha?: number | undefined;
}

/** One of this package's optimizers, or a class with the like constructor. */
export type OptimizerClass<H> = new (params: OptimizerParams<H>, options?: OptimizerOptions<H>) => Optimizer;

/** Options of Lookahead and of the inner optimizer that it makes. */
export type LookaheadWithInnerOptions<H> = LookaheadOptions & {
  /** The class of the inner optimizer; `SGD` by default, as in the paper. */
  readonly optimizer?: OptimizerClass<H>;
} & NoInfer<OptimizerOptions<H>>;

/** The slow weights of a parameter that has moved. */
interface SlowWeights {
  /** Fast steps taken since the copy was made. */
  step: number;
  readonly weights: Variable;
}

const stateVersion = 1;

/**
 * Lookahead around another optimizer: of every k steps, `φ ← φ + α (θ - φ)`, `θ ← φ`, where φ are slow weights, copied
 * from the parameter before its first step.
 *
 * It takes the optimizer over: step, save, and dispose this one only. Each parameter counts its own steps, so one that
 * is frozen or gets no gradient stays where it is, slow weights included, and goes on from there.
 *
 * After Zhang et al., "Lookahead Optimizer: k steps forward, 1 step back" (NeurIPS 2019). Wrappers that first copy the
 * slow weights after k steps lose the first interpolation.
 *
 * @throws LoopwrightError for unknown options and values out of range
 * @example
 * const optimizer = new Lookahead(new AdamW(model, { learningRate: 1e-3 }), { k: 5, alpha: 0.5 });
 * // or all in one; the inner optimizer is SGD by default, as in the paper:
 * const another = new Lookahead(model, { k: 5, learningRate: 0.1, momentum: 0.9 });
 */
export class Lookahead<H extends CommonHyperParameters = SGDHyperParameters> implements Optimizer {
  /** The optimizer of the fast weights. */
  readonly optimizer: Optimizer;
  /** Fast steps for each slow one. */
  k: number;
  /** How far a slow step goes towards the fast weights. */
  alpha: number;
  private readonly check: Checker;
  private readonly slow = new Map<string, SlowWeights>();

  constructor(optimizer: Optimizer, options?: LookaheadOptions);
  constructor(params: NoInfer<OptimizerParams<H>>, options?: LookaheadWithInnerOptions<H>);
  constructor(subject: Optimizer | OptimizerParams<H>, options: LookaheadOptions = {}) {
    this.check = checker('optimizers', new.target.name);
    if (isOptimizer(subject)) this.check.options(options, ['k', 'alpha']);
    const { k = 6, alpha = 0.5, ...inner } = options;
    this.k = this.checkK('k', k);
    this.alpha = this.checkAlpha('alpha', alpha);
    this.optimizer = isOptimizer(subject) ? subject : makeInner(subject, inner);
  }

  get parameters(): ParameterSet {
    return this.optimizer.parameters;
  }

  /** Those of the inner optimizer. */
  get paramGroups(): Optimizer['paramGroups'] {
    return this.optimizer.paramGroups;
  }

  step(gradients: Gradients): void {
    step(this, gradients);
  }

  prepareStep(gradients: readonly MatchedGradient[]): () => void {
    const every = this.checkK('k', this.k);
    const alpha = this.checkAlpha('alpha', this.alpha);
    const stepFast = this.optimizer.prepareStep(gradients);
    return () => {
      const copied = gradients.filter(({ name }) => !this.slow.has(name));
      const moved = gradients.map(({ name, variable }) => ({ fast: variable, slow: this.slowOf(name) }));
      try {
        stepFast();
      } catch (error) {
        // Without a first step there are no slow weights yet: the parameter may be another when it comes.
        for (const { name } of copied) this.forgetSlow(name);
        throw error;
      }
      for (const { slow } of moved) slow.step += 1;
      const due = moved.filter(({ slow }) => slow.step % every === 0);
      synchronize(due.map(({ fast, slow }) => ({ fast, slow: slow.weights, weight: alpha })));
    };
  }

  minimize(loss: () => Scalar): Scalar {
    return minimize(this, this.check.where.subject, loss);
  }

  stateDict(): StateDict {
    const slow = [...this.parameters.variables.keys()].map((name) => [name, save(this.slow.get(name))]);
    return {
      version: stateVersion,
      k: this.k,
      alpha: this.alpha,
      slow: Object.fromEntries(slow),
      optimizer: this.optimizer.stateDict(),
    };
  }

  loadStateDict(state: StateDict): void {
    const saved = checkState(this.check, state, stateVersion, ['k', 'alpha', 'slow', 'optimizer']);
    const k = this.checkK('state.k', saved.k);
    const alpha = this.checkAlpha('state.alpha', saved.alpha);
    const slow = stateRecord(this.check, 'state.slow', saved.slow);
    checkKeys(this.check, 'state.slow', slow, [...this.parameters.variables.keys()]);
    const makes = [...this.parameters.variables].map(
      ([name, variable]) =>
        [name, this.prepareSlow(`state.slow[${show(name)}]`, variable, slow[name])] as const,
    );
    // Refuses a state as a whole or takes it as a whole, so it is the last that can fail.
    this.optimizer.loadStateDict(stateRecord(this.check, 'state.optimizer', saved.optimizer) as StateDict);
    this.forget();
    this.k = k;
    this.alpha = alpha;
    for (const [name, make] of makes) if (make !== undefined) this.slow.set(name, make());
  }

  /** Frees the slow weights and the inner optimizer's slots. */
  dispose(): void {
    this.forget();
    this.optimizer.dispose();
  }

  /** The slow weights of a parameter, copied now if it has not moved before. */
  private slowOf(name: string): SlowWeights {
    const existing = this.slow.get(name);
    if (existing !== undefined) return existing;
    const copy = { step: 0, weights: variable(this.parameters.variables.get(name) as Variable, false) };
    this.slow.set(name, copy);
    return copy;
  }

  private forget(): void {
    for (const name of this.slow.keys()) this.forgetSlow(name);
  }

  private forgetSlow(name: string): void {
    this.slow.get(name)?.weights.dispose();
    this.slow.delete(name);
  }

  /** Checks saved slow weights and returns the function that makes them; undefined for those not copied yet. */
  private prepareSlow(what: string, parameter: Variable, value: StateValue | undefined) {
    if (value === null) return undefined;
    const saved = stateRecord(this.check, what, value);
    checkKeys(this.check, what, saved, ['step', 'weights']);
    const step = this.check.positiveInteger(`${what}.step`, saved.step);
    const weights = checkTensorValue(this.check, `${what}.weights`, saved.weights, parameter);
    return (): SlowWeights => ({ step, weights: tidy(() => variable(toTensor(weights), false)) });
  }

  private checkK(argument: string, value: unknown): number {
    return this.check.positiveInteger(argument, value);
  }

  private checkAlpha(argument: string, value: unknown): number {
    return this.check.number(argument, value, { min: 0, max: 1 });
  }
}

function makeInner<H>(
  params: OptimizerParams<H>,
  { optimizer: Inner = SGD as unknown as OptimizerClass<H>, ...options }: LookaheadWithInnerOptions<H>,
): Optimizer {
  return new Inner(params, options as OptimizerOptions<H>);
}

/** `φ ← φ + α (θ - φ)`, `θ ← φ`. */
function synchronize(pairs: readonly SynchronizeUpdate[]): void {
  if (pairs.length === 0 || updateInPlace('synchronize', pairs)) return;
  tidy(() => {
    for (const { fast, slow, weight } of pairs) {
      slow.assign(add(slow, mul(sub(fast, slow), weight)));
      fast.assign(slow);
    }
  });
}

function save(slow: SlowWeights | undefined): StateValue {
  return slow === undefined ? null : { step: slow.step, weights: readTensor(slow.weights) };
}
