import { meanOf, varianceOf } from './moments.ts';
import { centralQuantile, tailProbability } from './student-t.ts';

/** What a t-test says of the difference of two means. */
export interface TTest {
  readonly difference: number;
  /** 95% confidence interval of the difference. */
  readonly ci95: readonly [number, number];
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** The probability of a t as large as this, to either side, if the means were equal. */
  readonly p: number;
}

/**
 * Student's test of pairs: of the differences dᵢ = aᵢ − bᵢ
 *
 *     t = mean(d) / (std(d) / √n)        n − 1 degrees of freedom
 *
 * @param a, b as long as each other, at least 2 values
 */
export function pairedTTest(a: readonly number[], b: readonly number[]): TTest {
  const differences = a.map((value, index) => value - (b[index] as number));
  const n = differences.length;
  return tTest(meanOf(differences), Math.sqrt(varianceOf(differences) / n), n - 1);
}

/**
 * Welch's test of two samples that may differ in variance and number:
 *
 *     t = (mean(a) − mean(b)) / √(va + vb)        va = var(a) / n,  vb = var(b) / m
 *     (va + vb)² / (va² / (n − 1) + vb² / (m − 1)) degrees of freedom
 *
 * @param a, b at least 2 values each
 */
export function welchTTest(a: readonly number[], b: readonly number[]): TTest {
  const [va, vb] = [varianceOf(a) / a.length, varianceOf(b) / b.length];
  const degrees = (va + vb) ** 2 / (va ** 2 / (a.length - 1) + vb ** 2 / (b.length - 1));
  // Equal values on both sides: any number of degrees says the same.
  const degreesOfFreedom = va + vb === 0 ? a.length + b.length - 2 : degrees;
  return tTest(meanOf(a) - meanOf(b), Math.sqrt(va + vb), degreesOfFreedom);
}

/** @param error the standard error of the difference; if it is 0, any difference is one */
function tTest(difference: number, error: number, degreesOfFreedom: number): TTest {
  const t = difference === 0 ? 0 : difference / error;
  const margin = error * centralQuantile(0.95, degreesOfFreedom);
  return {
    difference,
    ci95: [difference - margin, difference + margin],
    t,
    degreesOfFreedom,
    p: tailProbability(t, degreesOfFreedom),
  };
}
