import { checker } from '@loopwright/core';
import type { HistogramBucket } from './event-record.ts';

const check = checker('event-files', 'histogramBuckets');

/**
 * Sorts values into buckets of equal width from the least to the greatest.
 *
 * Values that are not finite lie in no bucket. Without any other value there are no buckets; values that are all the same lie
 * in the last one, as in TensorBoard's `summary_v2.py` of the plugin, whose rule this is.
 *
 * @param values borrowed
 * @param count how many buckets
 * @throws LoopwrightError if `count` is no positive integer
 * @example
 * histogramBuckets([0, 1, 1, 4], 2); // [{ left: 0, right: 2, count: 3 }, { left: 2, right: 4, count: 1 }]
 */
export function histogramBuckets(values: ArrayLike<number>, count = 30): HistogramBucket[] {
  check.positiveInteger('count', count);
  const { min, max } = finiteRange(values);
  if (min > max) return [];
  // In halves, so that no difference of two numbers is too large for a number.
  const low = min / 2;
  const width = (max / 2 - low) / count;
  const counts = new Float64Array(count);
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (!Number.isFinite(value)) continue;
    const bucket = width === 0 ? count - 1 : Math.min(Math.floor((value / 2 - low) / width), count - 1);
    counts[bucket] = (counts[bucket] as number) + 1;
  }
  const edge = (index: number) => (index === count ? max : 2 * (low + index * width));
  return Array.from(counts, (inside, index) => ({
    left: edge(index),
    right: edge(index + 1),
    count: inside,
  }));
}

function finiteRange(values: ArrayLike<number>): { readonly min: number; readonly max: number } {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] as number;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return { min, max };
}
