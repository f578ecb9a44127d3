import { checker } from '@loopwright/core';

const check = checker('plot', 'largestTriangles');

/**
 * Chooses points of a curve that keep its shape: the first, the last, and from each of the equal buckets between them
 * the one that spans the largest triangle with the point chosen before and the mean of the next bucket.
 *
 * Largest-Triangle-Three-Buckets, S. Steinarsson, "Downsampling Time Series for Visual Representation", 2013.
 *
 * @param x finite and ascending
 * @param y finite; as it is drawn, so on a logarithmic axis the logarithms
 * @param count how many points to keep, at least 3
 * @returns their positions, ascending; all of them if there are no more than `count`
 * @throws LoopwrightError if the lengths differ or `count` is too small
 * @example
 * largestTriangles([0, 1, 2, 3, 4, 5], [0, 0, 9, 0, 0, 0], 3); // [0, 2, 5]
 */
export function largestTriangles(x: ArrayLike<number>, y: ArrayLike<number>, count: number): number[] {
  const { length } = x;
  if (y.length !== length) check.fail(`y must have ${length} values, got ${y.length}`);
  check.integer('count', count, { min: 3 });
  if (length <= count) return Array.from({ length }, (_, index) => index);
  const bucketStart = (bucket: number) => 1 + Math.floor((bucket * (length - 2)) / (count - 2));
  const chosen = [0];
  for (let bucket = 0; bucket < count - 2; bucket++) {
    const [start, end] = [bucketStart(bucket), bucketStart(bucket + 1)];
    const nextEnd = bucket === count - 3 ? length : bucketStart(bucket + 2);
    const next = [meanOf(x, end, nextEnd), meanOf(y, end, nextEnd)] as const;
    chosen.push(farthest(x, y, chosen.at(-1) as number, next, start, end));
  }
  return [...chosen, length - 1];
}

function meanOf(values: ArrayLike<number>, start: number, end: number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += at(values, i);
  return sum / (end - start);
}

/** The point from `start` to `end` with the largest triangle between the point `before` and `next`. */
function farthest(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  before: number,
  [nextX, nextY]: readonly [number, number],
  start: number,
  end: number,
): number {
  const [beforeX, beforeY] = [at(x, before), at(y, before)];
  let best = start;
  let bestArea = -1;
  for (let i = start; i < end; i++) {
    const area = Math.abs(
      (beforeX - nextX) * (at(y, i) - beforeY) - (beforeX - at(x, i)) * (nextY - beforeY),
    );
    if (area > bestArea) [best, bestArea] = [i, area];
  }
  return best;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}
