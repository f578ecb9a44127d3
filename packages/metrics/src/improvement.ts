import { checker, checkState, type StateDict, type Stateful } from '@loopwright/core';
import { type MetricRecord, readNumber } from './metric-record.ts';

/** Whether a metric is better when lower or when higher. */
export type Mode = 'min' | 'max';

/** Options of {@link improved}. */
export interface ImprovementOptions {
  /** By how much the best value must be exceeded to count as improved; 0 by default. */
  readonly minDelta?: number;
}

const check = checker('metrics', 'Improvement');

/**
 * Whether a metric is better than ever before, in constant memory. Make one with {@link improved}.
 *
 * The first number improves; NaN never does.
 */
export class Improvement implements Stateful {
  private name: string;
  private mode: Mode;
  private minDelta: number;
  private bestSoFar: number | null = null;

  constructor(key: string, mode: Mode, options?: ImprovementOptions) {
    const { minDelta = 0 } = check.options(options, ['minDelta']);
    this.name = check.string('key', key);
    this.mode = check.oneOf('mode', mode, ['min', 'max']);
    this.minDelta = check.number('minDelta', minDelta, { min: 0 });
  }

  /** The name of the metric. */
  get key(): string {
    return this.name;
  }

  /** The best value so far; undefined before the first. */
  get best(): number | undefined {
    return this.bestSoFar ?? undefined;
  }

  /** Whether the record's value is the best so far; false for a record without the metric. A tensor is read. */
  update(record: MetricRecord): boolean {
    const value = readNumber(record, this.key);
    if (value === undefined || !this.isBetter(value)) return false;
    this.bestSoFar = value;
    return true;
  }

  stateDict(): StateDict {
    return { version: 1, key: this.name, mode: this.mode, minDelta: this.minDelta, best: this.bestSoFar };
  }

  loadStateDict(state: StateDict): void {
    const { key, mode, minDelta, best } = checkState(check, state, 1, ['key', 'mode', 'minDelta', 'best']);
    const checked = {
      key: check.string('state.key', key),
      mode: check.oneOf<Mode>('state.mode', mode, ['min', 'max']),
      minDelta: check.number('state.minDelta', minDelta, { min: 0 }),
    };
    if (best !== null && typeof best !== 'number') check.fail('state.best must be a number or null');
    this.name = checked.key;
    this.mode = checked.mode;
    this.minDelta = checked.minDelta;
    this.bestSoFar = best as number | null;
  }

  private isBetter(value: number): boolean {
    if (Number.isNaN(value)) return false;
    if (this.bestSoFar === null) return true;
    return this.mode === 'max'
      ? value > this.bestSoFar + this.minDelta
      : value < this.bestSoFar - this.minDelta;
  }
}

/**
 * A condition that holds whenever a metric is better than ever before.
 *
 * @example
 * const isBest = improved('val.accuracy', 'max');
 * isBest.update({ 'val.accuracy': 0.8 }); // true
 * isBest.update({ 'val.accuracy': 0.7 }); // false
 * isBest.best; // 0.8
 */
export function improved(key: string, mode: Mode, options?: ImprovementOptions): Improvement {
  return new Improvement(key, mode, options);
}
