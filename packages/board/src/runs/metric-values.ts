import type { Series } from './series.ts';

/** What a table shows of a metric. */
export interface MetricValues {
  readonly last: number;
  /** Of the finite values; NaN if there are none. */
  readonly min: number;
  readonly max: number;
}

const kept = new WeakMap<Series, { readonly version: number; readonly values: MetricValues }>();

/** The last, smallest and largest value of a metric. Computed once for each state of it. */
export function metricValues(series: Series): MetricValues {
  const known = kept.get(series);
  if (known?.version === series.version) return known.values;
  const all = series.values.view();
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < all.length; i++) {
    const value = all[i] as number;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const values = {
    last: all[all.length - 1] ?? Number.NaN,
    min: min <= max ? min : Number.NaN,
    max: min <= max ? max : Number.NaN,
  };
  kept.set(series, { version: series.version, values });
  return values;
}
