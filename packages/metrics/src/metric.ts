import {
  type Checker,
  checkKeys,
  checkState,
  type StateDict,
  type Stateful,
  type StateValue,
  show,
  stateRecord,
} from '@loopwright/core';
import { tidy } from '@tensorflow/tfjs-core';
import { type AccumulatorSpec, Accumulators, type Increments, type Totals } from './accumulators.ts';
import { effectOn } from './effect.ts';

/** The checked options of a metric, defaults filled in. They are part of its state. */
export type MetricConfig = Readonly<Record<string, number | string | boolean>>;

/** A metric with its options filled in: what it adds up, what one update adds, and what the sums mean. */
export interface MetricDefinition<Args extends readonly unknown[], Result, Spec extends AccumulatorSpec> {
  readonly config: MetricConfig;
  readonly accumulators: Spec;
  /** Checks its arguments before anything else. Runs in a `tidy`. */
  readonly increments: (...args: Args) => Increments<Spec>;
  readonly result: (totals: Totals<Spec>) => Result;
}

/** A definition whose accumulators only it knows. */
export type SealedDefinition<Args extends readonly unknown[], Result> = Omit<
  MetricDefinition<Args, Result, AccumulatorSpec>,
  'result'
> & { readonly result: (totals: never) => Result };

/**
 * A quantity over all samples seen since the last {@link reset}: the stateful skin over a {@link MetricDefinition}.
 *
 * It weights by sample, so short batches count for what they are. `update` reads nothing back from the device; its
 * sums stay there in constant memory until {@link compute} waits for them. It holds tensors from the first update until
 * {@link dispose}.
 */
export class Metric<Args extends readonly unknown[], Result> implements Stateful {
  private readonly check: Checker;
  private readonly define: (options: never) => SealedDefinition<Args, Result>;
  private definition: SealedDefinition<Args, Result>;
  private accumulators: Accumulators;

  /** @param define checks the options and returns the definition; also used to load a state's */
  protected constructor(
    check: Checker,
    define: (options: never) => SealedDefinition<Args, Result>,
    options: object | undefined,
  ) {
    this.check = check;
    this.define = define;
    this.definition = define(options as never);
    this.accumulators = new Accumulators(this.definition.accumulators);
  }

  /** Takes one batch in; in a compiled function, that of each call. The tensors are borrowed. */
  update(...args: Args): void {
    effectOn(args, (given) => tidy(() => this.accumulators.add(this.definition.increments(...given))));
  }

  /** The value over everything since the last reset, which it does not end. Waits for the device. */
  async compute(): Promise<Result> {
    const { result } = this.definition;
    return result((await this.accumulators.read()) as never);
  }

  /** Forgets every sample and frees the tensors; the next update starts afresh. */
  reset(): void {
    this.accumulators.reset();
  }

  /** Takes in what another metric of the same class and options has seen; the other one stays as it is. */
  merge(other: this): void {
    if (other === this) this.check.fail('cannot merge a metric with itself');
    if (other.constructor !== this.constructor) this.check.fail(`cannot merge ${show(other)}`);
    const [config, theirs] = [this.definition.config, other.definition.config];
    for (const option of Object.keys({ ...config, ...theirs })) {
      if (theirs[option] !== config[option])
        this.check.fail(
          `cannot merge: ${option} is ${show(config[option])} here and ${show(theirs[option])} there`,
        );
    }
    this.accumulators.merge(other.accumulators);
  }

  /** Frees the tensors, as {@link reset} does. */
  dispose(): void {
    this.reset();
  }

  stateDict(): StateDict {
    const { config } = this.definition;
    return { version: 1, config: { ...config }, accumulators: this.accumulators.stateDict() };
  }

  loadStateDict(state: StateDict): void {
    const { config, accumulators } = checkState(this.check, state, 1, ['config', 'accumulators']);
    const definition = this.defineFrom(config);
    const loaded = new Accumulators(definition.accumulators);
    const load = loaded.prepare(this.check, 'state.accumulators', accumulators);
    this.accumulators.reset();
    this.definition = definition;
    this.accumulators = loaded;
    load();
  }

  private defineFrom(config: StateValue): SealedDefinition<Args, Result> {
    const options = stateRecord(this.check, 'state.config', config);
    const definition = this.define(options as never);
    checkKeys(this.check, 'state.config', options, Object.keys(definition.config));
    return definition;
  }
}
