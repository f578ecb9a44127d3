import { checker, checkState, type StateDict, type Stateful, show, stateRecord } from '@loopwright/core';
import { type Scalar, Tensor } from '@tensorflow/tfjs-core';
import { effectOn } from './effect.ts';
import { Mean } from './mean.ts';
import { checkRecord, isPosition, type MetricRecord } from './metric-record.ts';

const check = checker('metrics', 'MetricAggregator');

/**
 * The means of everything a loop reports, weighted by sample: one {@link Mean} a name.
 *
 * Numbers and scalar tensors are averaged, each name over the records that have it. Strings, booleans and the position
 * (`epoch`, `step`, `iteration`) are not measurements and are left out. Tensors are borrowed for the call; what is
 * kept of them are sums on the device, freed by {@link compute}.
 *
 * @example
 * const aggregator = new MetricAggregator();
 * for (const { labels } of train) metrics.next(aggregator.update({ 'train.loss': loss }, labels.size));
 * metrics.next({ epoch, ...(await aggregator.compute()) });
 */
export class MetricAggregator implements Stateful {
  private means = new Map<string, Mean>();

  /**
   * Takes a record in and returns that very record, unchanged. In a compiled function that of each call is taken in.
   *
   * @param weight how many samples the record speaks for; the batch's size. With 0 nothing is taken in
   * @throws LoopwrightError if a value or the weight is not fit, before anything is taken in
   */
  update<Record extends MetricRecord>(record: Record, weight: number): Record {
    checkRecord(record);
    check.number('weight', weight, { min: 0 });
    const names = Object.keys(record).filter((name) => isMeasurement(name, record[name]));
    for (const name of names) checkNumeric(name, record[name]);
    const values = names.map((name) => record[name] as number | Scalar);
    if (weight > 0) {
      effectOn(values, (given) => {
        names.forEach((name, i) => {
          this.mean(name).update(given[i] as number | Scalar, weight);
        });
      });
    }
    return record;
  }

  /**
   * The means since the last call, and the end of that period: the sums are freed, and the next update starts afresh.
   * The one place that waits for the device. Records that come in meanwhile belong to the next period.
   */
  async compute(): Promise<Record<string, number>> {
    const means = this.means;
    this.means = new Map();
    try {
      const entries = [...means].map(async ([name, mean]) => [name, await mean.compute()] as const);
      return Object.fromEntries(await Promise.all(entries));
    } finally {
      disposeAll(means);
    }
  }

  /** Forgets everything since the last {@link compute} and frees the sums. */
  reset(): void {
    disposeAll(this.means);
    this.means.clear();
  }

  /** Frees the sums of a period that will not be computed, as {@link reset} does. */
  dispose(): void {
    this.reset();
  }

  stateDict(): StateDict {
    return {
      version: 1,
      means: Object.fromEntries([...this.means].map(([name, mean]) => [name, mean.stateDict()])),
    };
  }

  loadStateDict(state: StateDict): void {
    const { means } = checkState(check, state, 1, ['means']);
    const loaded = new Map<string, Mean>();
    try {
      for (const [name, value] of Object.entries(stateRecord(check, 'state.means', means))) {
        const mean = new Mean();
        mean.loadStateDict(value as StateDict);
        loaded.set(name, mean);
      }
    } catch (error) {
      disposeAll(loaded);
      throw error;
    }
    this.reset();
    this.means = loaded;
  }

  private mean(name: string): Mean {
    const known = this.means.get(name) ?? new Mean();
    this.means.set(name, known);
    return known;
  }
}

function isMeasurement(name: string, value: MetricRecord[string] | undefined): boolean {
  return !isPosition(name) && (typeof value === 'number' || value instanceof Tensor);
}

function checkNumeric(name: string, value: MetricRecord[string] | undefined): void {
  if (value instanceof Tensor && value.dtype !== 'float32' && value.dtype !== 'int32')
    check.fail(`${show(name)} must be a number, or a float32 or int32 scalar, got ${show(value)}`);
}

function disposeAll(means: ReadonlyMap<string, Mean>): void {
  for (const mean of means.values()) mean.dispose();
}
