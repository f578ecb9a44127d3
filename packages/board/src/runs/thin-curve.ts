import { largestTriangles } from '@loopwright/plot/lttb';

/** Of so many points for each that is kept the smallest and largest are looked at. */
const CANDIDATES = 4;

/**
 * Chooses points of a long curve that keep its shape, peaks included: the smallest and largest of many short stretches,
 * and of these the ones that span the largest triangles.
 *
 * J. Van Der Donckt and others, "MinMaxLTTB", 2023: the same picture as Largest-Triangle-Three-Buckets, several times faster.
 *
 * @param x ascending
 * @param y as it is drawn, so on a logarithmic axis the logarithms; what is not finite is left out
 * @param count how many points to keep, at least 3
 * @returns ascending positions
 */
export function thinCurve(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  count: number,
  start = 0,
  end = x.length,
): number[] {
  const candidates =
    end - start > 2 * CANDIDATES * count ? extremes(y, start, end, CANDIDATES * count) : range(start, end);
  const drawn = candidates.filter((index) => Number.isFinite(y[index]) && Number.isFinite(x[index]));
  const xs = Float64Array.from(drawn, (index) => x[index] as number);
  const ys = Float64Array.from(drawn, (index) => y[index] as number);
  return largestTriangles(xs, ys, count).map((position) => drawn[position] as number);
}

/** The positions of the smallest and the largest value of each of `count / 2` stretches, and of both ends. */
function extremes(y: ArrayLike<number>, start: number, end: number, count: number): number[] {
  const found: number[] = [start];
  const stretches = count / 2;
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = start + 1 + Math.floor((stretch * (end - start - 2)) / stretches);
    const to = start + 1 + Math.floor(((stretch + 1) * (end - start - 2)) / stretches);
    let [low, high] = [-1, -1];
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = from; i < to; i++) {
      const value = y[i] as number;
      if (value < lowest && value !== Number.NEGATIVE_INFINITY) [low, lowest] = [i, value];
      if (value > highest && value !== Number.POSITIVE_INFINITY) [high, highest] = [i, value];
    }
    if (low !== -1) found.push(Math.min(low, high));
    if (high !== low) found.push(Math.max(low, high));
  }
  found.push(end - 1);
  return found;
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, index) => start + index);
}
