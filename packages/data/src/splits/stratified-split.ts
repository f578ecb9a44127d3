import { checker, RandomStream } from '@loopwright/core';
import type { Dataset } from '../dataset.ts';
import { requireLabels } from '../datasets/labels-of.ts';
import { Subset } from '../datasets/subset.ts';
import { shuffledByClass } from './indices-by-class.ts';
import { partLengths } from './part-lengths.ts';
import type { Parts } from './parts.ts';

/** Options of {@link stratifiedSplit}. */
export interface StratifiedSplitOptions {
  readonly seed: number;
  /** A class a sample; by default those of the data set. */
  readonly labels?: ArrayLike<number>;
}

/**
 * Splits a data set at random into parts that do not overlap and have the classes in the proportions of the whole: each
 * part has its length times a class's share of what is left, rounded down or up (by largest remainder).
 *
 * @param lengths samples of each part, whose sum may be less than the data set's length; or fractions, whose sum is 1
 * @throws LoopwrightError if the parts need more samples than there are, or the labels are not known
 * @example
 * const [train, validation] = stratifiedSplit(dataset, [8, 4], { seed: 0 }); // of 6 cats and 6 dogs
 * Array.from(validation.labels ?? []).sort(); // [0, 0, 1, 1]
 */
export function stratifiedSplit<T, const L extends readonly number[]>(
  dataset: Dataset<T>,
  lengths: L,
  options: StratifiedSplitOptions,
): Parts<T, L> {
  const check = checker('data', 'stratifiedSplit');
  const { seed, labels } = check.options(options, ['seed', 'labels']);
  const stream = new RandomStream(check.integer('seed', seed), 'stratifiedSplit');
  const parts = partLengths(check, lengths, dataset.length);
  const classes = [...shuffledByClass(requireLabels(check, dataset, labels), stream).values()];
  return parts.map((length) => {
    const counts = apportion(
      length,
      classes.map((members) => members.length),
    );
    const chosen = classes.flatMap((members, index) => members.splice(0, counts[index]));
    const order = stream.permutation(chosen.length);
    return new Subset(
      dataset,
      Array.from(order, (place) => chosen[place] as number),
    );
  }) as Parts<T, L>;
}

/** `length` seats shared out in proportion to `sizes`, none getting more than its size. */
function apportion(length: number, sizes: readonly number[]): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0) return sizes.map(() => 0);
  const quotas = sizes.map((size) => (length * size) / total);
  const counts = quotas.map(Math.floor);
  const left = length - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = quotas.map((quota, index) => ({ index, remainder: quota - Math.floor(quota) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) counts[index]! += 1;
  return counts;
}
