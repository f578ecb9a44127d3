import { checker, RandomStream } from '@loopwright/core';
import type { Dataset } from '../dataset.ts';
import { Subset } from '../datasets/subset.ts';
import { partLengths } from './part-lengths.ts';
import type { Parts } from './parts.ts';

/**
 * Splits a data set at random into parts that do not overlap. The split depends only on the seed and the lengths.
 *
 * @param lengths samples of each part, whose sum may be less than the data set's length; or fractions, whose sum is 1
 * @throws LoopwrightError if the parts need more samples than there are
 * @example
 * const [train, validation] = randomSplit(dataset, [9, 3], { seed: 0 });
 */
export function randomSplit<T, const L extends readonly number[]>(
  dataset: Dataset<T>,
  lengths: L,
  options: { readonly seed: number },
): Parts<T, L> {
  const check = checker('data', 'randomSplit');
  const { seed } = check.options(options, ['seed']);
  check.integer('seed', seed);
  const parts = partLengths(check, lengths, dataset.length);
  const order = new RandomStream(seed, 'randomSplit').permutation(dataset.length);
  let start = 0;
  return parts.map((length) => {
    start += length;
    return new Subset(dataset, order.subarray(start - length, start));
  }) as Parts<T, L>;
}
