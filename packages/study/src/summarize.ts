import { checker, show } from '@loopwright/core';
import { meanOf, varianceOf } from './moments.ts';
import { centralQuantile } from './student-t.ts';

/** What is known of a quantity from a few independent measurements, such as the accuracies of runs with several seeds. */
export interface Summary {
  /** How many values there are. */
  readonly n: number;
  readonly mean: number;
  /** The sample standard deviation, with n − 1 in the denominator; NaN for one value, whose spread is unknown. */
  readonly std: number;
  /** Lower and upper end of the 95% confidence interval of the mean; both NaN for one value. */
  readonly ci95: readonly [number, number];
}

const check = checker('study', 'summarize');

/**
 * Mean, sample standard deviation and 95% confidence interval of the mean.
 *
 *     mean = Σ xᵢ / n        std = √(Σ (xᵢ − mean)² / (n − 1))        ci95 = mean ± t · std / √n
 *
 * with t the 97.5% quantile of Student's distribution with n − 1 degrees of freedom: 4.30 for three values, against
 * the 1.96 that holds for many. The interval covers the true mean in 95 of 100 studies if values are independent
 * and normally distributed. It is an interval of the mean, not of single values, and for fractions near 0 or 1 it may
 * reach beyond them. One value says nothing of the spread: `std` and `ci95` are NaN then.
 *
 * @param values at least one, all finite, in any unit; not changed
 * @returns in the unit of the values
 * @throws LoopwrightError if there are no values, or one is not a finite number
 * @example
 * summarize([0.912, 0.918, 0.909]); // { n: 3, mean: 0.913, std: 0.00458…, ci95: [0.901…, 0.924…] }
 */
export function summarize(values: readonly number[]): Summary {
  if (!Array.isArray(values) || values.length === 0) {
    check.fail(`values must be a list of at least one number, got ${show(values)}`);
  }
  for (const [index, value] of values.entries()) check.number(`values[${index}]`, value);
  const n = values.length;
  const mean = meanOf(values);
  const std = Math.sqrt(varianceOf(values));
  const margin = n === 1 ? Number.NaN : (centralQuantile(0.95, n - 1) * std) / Math.sqrt(n);
  return { n, mean, std, ci95: [mean - margin, mean + margin] };
}
