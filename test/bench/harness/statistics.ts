/** A block this much slower than the rest belongs to the warm-up. */
const STEADY_WITHIN = 1.1;

/**
 * The times after the warm-up: leading ones are left out while they are more than a tenth slower than the median of
 * those that follow, but no more than half of them.
 */
export function steadyPart(times: readonly number[]): readonly number[] {
  let start = 0;
  while (
    start < Math.floor(times.length / 2) &&
    (times[start] as number) > STEADY_WITHIN * median(times.slice(start + 1))
  ) {
    start += 1;
  }
  return times.slice(start);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** A quantile, between neighbours by linear interpolation; NaN of nothing. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
