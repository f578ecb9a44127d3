import { checker, type RandomStream } from '@loopwright/core';
import type { Dataset, DatasetSpec, DescribedDataset } from '../dataset.ts';
import type { SamplePlace } from '../transforms/image-transform.ts';
import { labelsOf } from './labels-of.ts';
import { refuseDerivedGet, specOf } from './spec-of.ts';

const check = checker('data', 'ConcatDataset');

/**
 * Data sets one after another, as one.
 *
 * @throws LoopwrightError if there is none
 * @example
 * const twice = new ConcatDataset([dataset, new Subset(dataset, [0, 1])]);
 * twice.length; // 14
 */
export class ConcatDataset<T> implements DescribedDataset<T> {
  readonly datasets: readonly Dataset<T>[];
  readonly length: number;
  /** Where each data set ends. */
  private readonly ends: readonly number[];

  constructor(datasets: readonly Dataset<T>[]) {
    if (datasets.length === 0) check.fail('datasets must not be empty');
    this.datasets = [...datasets];
    let end = 0;
    this.ends = datasets.map(({ length }) => {
      end += length;
      return end;
    });
    this.length = end;
  }

  get labels(): ArrayLike<number> | undefined {
    const labels = this.datasets.map(labelsOf);
    if (labels.includes(undefined)) return undefined;
    return labels.flatMap((part) => Array.from(part as ArrayLike<number>));
  }

  get spec(): DatasetSpec {
    refuseDerivedGet(check, this, ConcatDataset);
    const datasets = this.datasets.map((dataset) => specOf(check, dataset));
    return { name: 'concat', options: { datasets } };
  }

  get(index: number, stream: RandomStream, place?: SamplePlace): T | Promise<T> {
    const part = index < 0 ? -1 : this.ends.findIndex((end) => index < end);
    const dataset = this.datasets[part];
    if (dataset === undefined) return check.fail(`index must be from 0 to ${this.length - 1}, got ${index}`);
    return dataset.get(index - (this.ends[part - 1] ?? 0), stream, place);
  }
}
