import { checker, type RandomStream } from '@loopwright/core';
import type { Dataset, DatasetSpec, DescribedDataset } from '../dataset.ts';
import type { SamplePlace } from '../transforms/image-transform.ts';
import { labelsOf } from './labels-of.ts';
import { refuseDerivedGet, specOf } from './spec-of.ts';

const check = checker('data', 'Subset');

/**
 * Some samples of a data set, in the order of `indices`; the data set is shared, not copied.
 *
 * @throws LoopwrightError if an index is not one of the data set's
 * @example
 * const small = new Subset(dataset, [0, 2, 4]);
 * small.length; // 3
 */
export class Subset<T> implements DescribedDataset<T> {
  readonly dataset: Dataset<T>;
  readonly indices: readonly number[];

  constructor(dataset: Dataset<T>, indices: Iterable<number>) {
    this.dataset = dataset;
    this.indices = Array.from(indices, (index) =>
      check.integer('index', index, { min: 0, max: dataset.length - 1 }),
    );
  }

  get length(): number {
    return this.indices.length;
  }

  get labels(): ArrayLike<number> | undefined {
    const labels = labelsOf(this.dataset);
    return labels && this.indices.map((index) => labels[index] as number);
  }

  get spec(): DatasetSpec {
    refuseDerivedGet(check, this, Subset);
    return { name: 'subset', options: { dataset: specOf(check, this.dataset), indices: this.indices } };
  }

  get(index: number, stream: RandomStream, place?: SamplePlace): T | Promise<T> {
    const original = this.indices[index];
    if (original === undefined) return check.fail(`index must be from 0 to ${this.length - 1}, got ${index}`);
    return this.dataset.get(original, stream, place);
  }
}
