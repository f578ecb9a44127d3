import { checker, show } from '@loopwright/core';
import { correlationOf, varianceOf } from './moments.ts';
import { centralQuantile, tailProbability } from './student-t.ts';

/** Options of {@link compareSpreads}. */
export interface CompareSpreadsOptions {
  /** What the two are called in the text; `['a', 'b']` by default. */
  readonly names?: readonly [string, string];
}

/** What a comparison of spreads says, for short. */
export type SpreadVerdict = 'a varies more' | 'b varies more' | 'within noise' | 'nothing known';

/**
 * The ratio of two standard deviations: that of the first over that of the second. Numbers are NaN where nothing is known,
 * with fewer than three pairs, or with equal values on one side.
 */
export interface SpreadComparison {
  readonly ratio: number;
  /** 95% confidence interval of the ratio. */
  readonly ci95: readonly [number, number];
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** The probability of a t as large as this, to either side, if the standard deviations were equal. */
  readonly p: number;
  readonly verdict: SpreadVerdict;
  /** The same in a sentence, with the figures. */
  readonly text: string;
}

const check = checker('study', 'compareSpreads');

/**
 * Compares how much two measures of the same runs vary, such as two metrics of the same models: the ratio of their standard
 * deviations, its 95% confidence interval, and a p-value. With few runs the interval is wide: standard deviations of ten
 * independent pairs have to differ by a factor of two to be told apart; what the measures have in common makes it narrower.
 *
 * The test is Pitman's and Morgan's: two variables vary alike exactly if their sum and their difference do not correlate.
 * With c the correlation of a and b, and q the 97.5% quantile of Student's distribution with n − 2 degrees of freedom
 *
 *     ratio = std(a) / std(b)        t = (ratio² − 1) √(n − 2) / (2 ratio √(1 − c²))
 *     ci95 = ratio √(K ± √(K² − 1))        K = 1 + 2 (1 − c²) q² / (n − 2)
 *
 * and the interval holds the ratios that the test would not reject.
 * It presumes that pairs are independent of each other and roughly normal.
 *
 * Follows E. J. G. Pitman, "A note on normal correlation" (1939), and W. A. Morgan, "A test for the significance of the
 * difference between the two variances in a sample from a normal bivariate population" (1939).
 *
 * @param a at least one finite value
 * @param b as many, of the same runs in the same order
 * @throws LoopwrightError if there are no values, they are not as many, or one is not finite
 * @example
 * const { verdict, ratio } = compareSpreads([0.911, 0.92, 0.915, 0.906], [0.9, 0.94, 0.92, 0.88]);
 * verdict; // 'b varies more'
 */
export function compareSpreads(
  a: readonly number[],
  b: readonly number[],
  options: CompareSpreadsOptions = {},
): SpreadComparison {
  const { names = ['a', 'b'] } = check.options(options, ['names']);
  if (!Array.isArray(names) || names.length !== 2) check.fail(`names must be two names, got ${show(names)}`);
  for (const [index, name] of names.entries()) check.string(`names[${index}]`, name);
  for (const [argument, values] of Object.entries({ a, b })) checkValues(argument, values);
  if (a.length !== b.length) check.fail(`a and b must be as many, got ${a.length} and ${b.length}`);

  const known = a.length > 2 && varianceOf(a) > 0 && varianceOf(b) > 0;
  const test = known ? pitmanMorgan(a, b) : nothingKnown;
  const comparison = { ...test, verdict: verdictOf(test) };
  return { ...comparison, text: spreadText(comparison, a.length, names) };
}

type PitmanMorgan = Pick<SpreadComparison, 'ratio' | 'ci95' | 't' | 'degreesOfFreedom' | 'p'>;

function pitmanMorgan(a: readonly number[], b: readonly number[]): PitmanMorgan {
  const degreesOfFreedom = a.length - 2;
  const measured = Math.sqrt(varianceOf(a) / varianceOf(b));
  const ratio = Math.abs(measured - 1) <= roundingOf(a) + roundingOf(b) ? 1 : measured;
  // Where one follows from the other, which leaves nothing unexplained, any ratio but 1 is certain.
  const unexplained = (1 - correlationOf(a, b) ** 2) / degreesOfFreedom;
  const t = ratio === 1 ? 0 : (ratio ** 2 - 1) / (2 * ratio * Math.sqrt(unexplained));
  const k = 1 + 2 * unexplained * centralQuantile(0.95, degreesOfFreedom) ** 2;
  const factor = Math.sqrt(k + Math.sqrt(k ** 2 - 1));
  const ci95 = [ratio / factor, ratio * factor] as const;
  return { ratio, ci95, t, degreesOfFreedom, p: tailProbability(t, degreesOfFreedom) };
}

/** How far the rounding of the values can move their standard deviation, as a part of it. */
function roundingOf(values: readonly number[]): number {
  const largest = Math.max(...values.map(Math.abs));
  return (4 * Number.EPSILON * largest) / Math.sqrt(varianceOf(values));
}

const nothingKnown: PitmanMorgan = {
  ratio: Number.NaN,
  ci95: [Number.NaN, Number.NaN],
  t: Number.NaN,
  degreesOfFreedom: Number.NaN,
  p: Number.NaN,
};

function verdictOf({ ci95: [low, high] }: PitmanMorgan): SpreadVerdict {
  if (Number.isNaN(low)) return 'nothing known';
  if (low > 1) return 'a varies more';
  return high < 1 ? 'b varies more' : 'within noise';
}

/** A comparison in a sentence: `smoothed varies less than plain: 0.713 times as much (95% interval …, p = …, 10 pairs)`. */
function spreadText(
  { ratio, ci95: [low, high], p, verdict }: Omit<SpreadComparison, 'text'>,
  pairs: number,
  [nameA, nameB]: readonly [string, string],
): string {
  if (verdict === 'nothing known') {
    return `nothing known: ${pairs} pair${pairs === 1 ? '' : 's'}, where at least three with different values are needed`;
  }
  const text = (factor: number) => factor.toPrecision(3);
  const figures = `(95% interval ${text(low)} to ${text(high)}, p = ${Number(p.toPrecision(2))}, ${pairs} pairs)`;
  if (verdict === 'within noise') {
    return `within noise: ${nameA} varies ${text(ratio)} times as much as ${nameB} ${figures}`;
  }
  const direction = verdict === 'a varies more' ? 'more' : 'less';
  return `${nameA} varies ${direction} than ${nameB}: ${text(ratio)} times as much ${figures}`;
}

function checkValues(argument: string, values: readonly number[]): void {
  if (!Array.isArray(values) || values.length === 0)
    check.fail(`${argument} must be a list of at least one number, got ${show(values)}`);
  for (const [index, value] of values.entries()) check.number(`${argument}[${index}]`, value);
}
