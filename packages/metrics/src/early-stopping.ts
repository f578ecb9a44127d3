import {
  type Checker,
  checker,
  checkState,
  namedVariables,
  type StateDict,
  type Stateful,
  show,
  type TensorValue,
  type VariableSource,
} from '@loopwright/core';
import { prepareVariables, readVariables } from '@loopwright/core/tensors';
import type { Observer } from 'rxjs';
import { Improvement, type Mode } from './improvement.ts';
import { type MetricRecord, readNumber } from './metric-record.ts';

/** Options of {@link EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** Name of the metric to watch. */
  readonly metric: string;
  readonly mode: Mode;
  /** How many values in a row without an improvement end the training. */
  readonly patience: number;
  /** By how much the best value must be exceeded to count as improved; 0 by default. */
  readonly minDelta?: number;
  /** Whose weights are kept at the best value, for {@link EarlyStopping.restoreBest}; none by default. */
  readonly model?: VariableSource;
}

const check: Checker = checker('metrics', 'EarlyStopping');
const STATE_KEYS = ['patience', 'improvement', 'values', 'sinceBest', 'bestEpoch', 'weights'] as const;

/**
 * Says when a metric has stopped improving, and keeps the weights of the best moment.
 *
 * Subscribe it to the metric stream, or call {@link update} with each record. Records without the metric, such as
 * those of steps, are passed over; NaN counts as not improved. Whether the metric appeared at all is checked when the
 * stream completes and by {@link restoreBest}.
 *
 * With a `model`, each improvement copies all its variables off the device into plain memory; the variables stay the
 * model's.
 *
 * @throws LoopwrightError if an option is unknown or unfit
 * @example
 * const stopping = new EarlyStopping({ metric: 'val.loss', mode: 'min', patience: 2, model });
 * metrics.subscribe(stopping);
 * for (const loss of [0.5, 0.4, 0.45, 0.41, 0.3]) {
 *   metrics.next({ 'val.loss': loss });
 *   if (stopping.stopped) break;
 * }
 * stopping.restoreBest();
 * stopping.best; // 0.4
 */
export class EarlyStopping implements Observer<MetricRecord>, Stateful {
  private readonly variables: ReturnType<typeof namedVariables> | null;
  private readonly improvement: Improvement;
  private patience: number;
  private values = 0;
  private sinceBest = 0;
  private epochOfBest: number | null = null;
  private weights: Readonly<Record<string, TensorValue>> | null = null;
  /** Of the last record without the metric: for a message only, so not part of the state. */
  private otherNames: readonly string[] = [];

  constructor(options: EarlyStoppingOptions) {
    const given = check.options(options, ['metric', 'mode', 'patience', 'minDelta', 'model']);
    const metric = check.string('metric', given.metric);
    const mode = check.oneOf<Mode>('mode', given.mode, ['min', 'max']);
    const minDelta = check.number('minDelta', given.minDelta ?? 0, { min: 0 });
    this.improvement = new Improvement(metric, mode, { minDelta });
    this.patience = check.positiveInteger('patience', given.patience);
    this.variables = given.model === undefined ? null : namedVariables(given.model);
  }

  /** The name of the metric that is watched. */
  get metric(): string {
    return this.improvement.key;
  }

  /** Whether the last `patience` values brought no improvement. */
  get stopped(): boolean {
    return this.sinceBest >= this.patience;
  }

  /** The best value so far; undefined before the first. */
  get best(): number | undefined {
    return this.improvement.best;
  }

  /** The `epoch` of the record with the best value, or how many values came before it if records have no epoch. */
  get bestEpoch(): number | undefined {
    return this.epochOfBest ?? undefined;
  }

  /** Takes a record in, and returns {@link stopped}. A tensor is read. */
  update(record: MetricRecord): boolean {
    if (readNumber(record, this.metric) === undefined) {
      this.otherNames = Object.keys(record);
      return this.stopped;
    }
    const epoch = readNumber(record, 'epoch') ?? this.values;
    if (this.improvement.update(record)) {
      this.sinceBest = 0;
      this.epochOfBest = epoch;
      if (this.variables !== null) this.weights = readVariables(this.variables);
    } else {
      this.sinceBest += 1;
    }
    this.values += 1;
    return this.stopped;
  }

  /**
   * Gives the model the weights that it had at the best value.
   *
   * @throws LoopwrightError if there is no model, no value of the metric to be the best, or a state was loaded that has no
   *   weights
   */
  restoreBest(): void {
    if (this.variables === null) check.fail('restoreBest() needs the option model');
    this.checkSeen();
    if (this.best === undefined) check.fail(`${show(this.metric)} has only been NaN; there is no best`);
    if (this.weights === null)
      check.fail('the best value is from a state without weights: it was saved without the option model');
    prepareVariables(check, 'weights', this.variables, this.weights)();
  }

  /** For rxjs: as {@link update}. */
  next(record: MetricRecord): void {
    this.update(record);
  }

  /** For rxjs: an error of the stream is not handled here. */
  error(error: unknown): void {
    throw error;
  }

  /**
   * For rxjs: the stream has ended.
   *
   * @throws LoopwrightError if the metric was in no record
   */
  complete(): void {
    this.checkSeen();
  }

  stateDict(): StateDict {
    return {
      version: 1,
      patience: this.patience,
      improvement: this.improvement.stateDict(),
      values: this.values,
      sinceBest: this.sinceBest,
      bestEpoch: this.epochOfBest,
      weights: this.weights,
    };
  }

  loadStateDict(state: StateDict): void {
    const given = checkState(check, state, 1, STATE_KEYS);
    const patience = check.positiveInteger('state.patience', given.patience);
    const values = check.integer('state.values', given.values, { min: 0 });
    const sinceBest = check.integer('state.sinceBest', given.sinceBest, { min: 0 });
    const bestEpoch = given.bestEpoch === null ? null : check.number('state.bestEpoch', given.bestEpoch);
    this.checkWeights(given.weights);
    this.improvement.loadStateDict(given.improvement as StateDict);
    this.patience = patience;
    this.values = values;
    this.sinceBest = sinceBest;
    this.epochOfBest = bestEpoch;
    this.weights = given.weights as typeof this.weights;
  }

  private checkWeights(weights: StateDict[string]): void {
    if (weights === null) return;
    if (this.variables === null)
      check.fail('state.weights holds the weights of a model; give the option model');
    prepareVariables(check, 'state.weights', this.variables, weights);
  }

  private checkSeen(): void {
    if (this.values > 0) return;
    const seen = this.otherNames.map(show).join(', ') || 'no names';
    check.fail(`the metric ${show(this.metric)} was in no record; the last one had ${seen}`);
  }
}
