import { checker, RandomStream } from '@loopwright/core';
import type { Dataset } from './dataset.ts';

const check = checker('data', 'Subset');

/**
 * Some samples of a data set, in the order of `indices`; the data set is shared, not copied.
 *
 * @throws LoopwrightError if an index is not one of the data set's
 * @example
 * const small = new Subset(dataset, [0, 2, 4]);
 * small.length; // 3
 */
export class Subset<T> implements Dataset<T> {
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

  get(index: number, stream: RandomStream): T | Promise<T> {
    const original = this.indices[index];
    if (original === undefined) return check.fail(`index must be from 0 to ${this.length - 1}, got ${index}`);
    return this.dataset.get(original, stream);
  }
}

/**
 * Splits a data set at random into parts that do not overlap. The split depends only on the seed and the lengths.
 *
 * @param lengths samples of each part; their sum may be less than the data set's length
 * @throws LoopwrightError if the parts need more samples than there are
 * @example
 * const [train, validation] = randomSplit(dataset, [9, 3], { seed: 0 });
 */
export function randomSplit<T>(
  dataset: Dataset<T>,
  lengths: readonly number[],
  options: { readonly seed: number },
): Subset<T>[] {
  const checkSplit = checker('data', 'randomSplit');
  const { seed } = checkSplit.options(options, ['seed']);
  checkSplit.integer('seed', seed);
  const total = lengths.reduce((sum, length) => sum + checkSplit.integer('length', length, { min: 0 }), 0);
  if (total > dataset.length)
    checkSplit.fail(`lengths sum to ${total}, but there are ${dataset.length} samples`);
  const order = new RandomStream(seed, 'randomSplit').permutation(dataset.length);
  let start = 0;
  return lengths.map((length) => {
    start += length;
    return new Subset(dataset, order.subarray(start - length, start));
  });
}
