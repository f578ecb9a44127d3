import { checker, checkState, type StateDict, type Stateful } from '@loopwright/core';
import { type MetricRecord, readNumber } from './metric-record.ts';

/** Options of {@link HistoryCondition}. */
export interface HistoryConditionOptions {
  /** How many of the latest values are kept; all by default, so give it for conditions on steps. */
  readonly last?: number;
}

const check = checker('metrics', 'HistoryCondition');

/**
 * A condition over the history of a metric: whether to save, stop, or lower a rate.
 *
 * Follows pytorch-nn-tools' class of that name. For "better than ever" take {@link improved}, which keeps no history.
 *
 * @throws LoopwrightError if an argument is unfit, or an option is unknown
 * @example
 * const rising = new HistoryCondition('val.loss', ([before = 0, now = 0]) => now > before, { last: 2 });
 * rising.update({ 'val.loss': 0.5 }); // false
 * rising.update({ 'val.loss': 0.6 }); // true
 */
export class HistoryCondition implements Stateful {
  private name: string;
  private readonly predicate: (history: readonly number[]) => boolean;
  private last: number | null;
  private history: readonly number[] = [];

  /** @param predicate sees the values so far, the newest last */
  constructor(
    key: string,
    predicate: (history: readonly number[]) => boolean,
    options?: HistoryConditionOptions,
  ) {
    const { last } = check.options(options, ['last']);
    this.name = check.string('key', key);
    this.predicate = check.func('predicate', predicate);
    this.last = last === undefined ? null : check.positiveInteger('last', last);
  }

  /** The name of the metric. */
  get key(): string {
    return this.name;
  }

  /**
   * Adds the record's value, and says whether the condition holds now. A record without the metric is passed over: it
   * changes nothing, and the answer is false. A tensor is read.
   */
  update(record: MetricRecord): boolean {
    const value = readNumber(record, this.name);
    if (value === undefined) return false;
    this.history = [...this.history, value].slice(this.last === null ? 0 : -this.last);
    return this.predicate(this.history);
  }

  stateDict(): StateDict {
    return { version: 1, key: this.name, last: this.last, history: [...this.history] };
  }

  loadStateDict(state: StateDict): void {
    const { key, last, history } = checkState(check, state, 1, ['key', 'last', 'history']);
    const name = check.string('state.key', key);
    if (!Array.isArray(history) || !history.every((value) => typeof value === 'number')) {
      check.fail('state.history must be a list of numbers');
    }
    const kept = last === null ? null : check.positiveInteger('state.last', last);
    this.name = name;
    this.history = [...(history as number[])];
    this.last = kept;
  }
}
