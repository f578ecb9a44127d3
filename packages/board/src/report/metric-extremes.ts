import type { Metric } from '../runs/run.ts';

/** A value and where it stands. */
export interface ValueAt {
  readonly value: number;
  readonly position: number;
}

/** What a summary says of a metric. */
export interface MetricExtremes {
  readonly last: ValueAt;
  /** Of the finite values; undefined if there are none. */
  readonly smallest: ValueAt | undefined;
  readonly largest: ValueAt | undefined;
}

/** The last, the smallest and the largest value of a metric; of equal ones the first. Undefined without values. */
export function metricExtremes({ series }: Metric): MetricExtremes | undefined {
  const values = series.values.view();
  if (values.length === 0) return undefined;
  let [smallest, largest] = [-1, -1];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    if (smallest === -1 || value < (values[smallest] as number)) smallest = i;
    if (largest === -1 || value > (values[largest] as number)) largest = i;
  }
  const at = (index: number) => ({ value: values[index] as number, position: series.positions.at(index) });
  return {
    last: at(values.length - 1),
    smallest: smallest === -1 ? undefined : at(smallest),
    largest: largest === -1 ? undefined : at(largest),
  };
}

const LOWER = /loss|err(or)?\b|perplexity|nll|mse|mae|divergence|calibration|seconds|time/i;
const HIGHER = /acc(uracy)?\b|auc|auroc|f1|precision|recall|score|iou|bleu|psnr|r2/i;

/** Which of the extremes is the best by what the metric is called; undefined if the name does not tell. */
export function bestExtreme(tag: string): 'smallest' | 'largest' | undefined {
  if (LOWER.test(tag)) return 'smallest';
  return HIGHER.test(tag) ? 'largest' : undefined;
}
