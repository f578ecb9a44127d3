import { checker, show } from '@loopwright/core';
import { comparisonText } from './comparison-text.ts';
import { type Summary, summarize } from './summarize.ts';
import { pairedTTest, type TTest, welchTTest } from './t-test.ts';

/** A run with its results by name, as `repeat` returns it. */
export interface SeededRun {
  readonly seed: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The results of a recipe: plain numbers, or runs with their seeds. */
export type Results = readonly number[] | readonly SeededRun[];

/** Options of {@link compare}. */
export interface CompareOptions {
  /** Which of the runs' values to compare; not needed if they have only one. */
  readonly metric?: string;
  /**
   * Whether to compare in pairs: those of equal seed, or of equal place in lists of numbers. By default if both recipes were run
   * with the same seeds.
   */
  readonly paired?: boolean;
  /** What the two recipes are called in the text; `['a', 'b']` by default. */
  readonly names?: readonly [string, string];
}

/** What a comparison says, for short. */
export type Verdict = 'a is higher' | 'b is higher' | 'within noise' | 'too few runs';

/** The difference of two recipes: mean of the first less mean of the second. Numbers are NaN where there are too few runs. */
export interface Comparison extends TTest {
  /** Of the values that were compared. */
  readonly a: Summary;
  readonly b: Summary;
  readonly method: 'paired' | 'welch';
  readonly verdict: Verdict;
  /** The same in a sentence, with the figures. */
  readonly text: string;
}

/** The values of both recipes that are compared. */
interface Samples {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly paired: boolean;
}

const check = checker('study', 'compare');

/**
 * Compares two recipes by the results of their runs: the difference of the means, its 95% confidence interval, and a p-value.
 *
 * If both were run with the same seeds, runs of equal seed are compared in pairs (Student's paired t-test), so that what the
 * seed does to both cancels out. Otherwise the means are (Welch's t-test, which presumes no equal variances). Both presume
 * independent, roughly normal values.
 *
 * The verdict names the higher one if the interval does not reach 0, which is p < 0.05; higher is not better where it is a loss.
 * Else it is `within noise`: the recipes may still differ, by less than so few runs show. Of 20 comparisons of equal recipes
 * one finds a difference: compare few, or ask for a smaller p.
 *
 * The tests are those of `scipy.stats.ttest_rel` and `ttest_ind(equal_var=False)`.
 *
 * @param a the results of the first recipe
 * @param b those of the second
 * @throws LoopwrightError if there are no results, one is not finite, a seed is there twice, or values cannot be paired
 * @example
 * const { verdict, difference, p } = compare([0.912, 0.918, 0.909, 0.915], [0.921, 0.93, 0.919, 0.926]);
 * verdict; // 'b is higher'
 */
export function compare(a: Results, b: Results, options: CompareOptions = {}): Comparison {
  const { metric, paired, names = ['a', 'b'] } = check.options(options, ['metric', 'paired', 'names']);
  if (metric !== undefined) check.string('metric', metric);
  if (paired !== undefined) check.boolean('paired', paired);
  if (!Array.isArray(names) || names.length !== 2) check.fail(`names must be two names, got ${show(names)}`);
  for (const [index, name] of names.entries()) check.string(`names[${index}]`, name);
  const samples = choose(checkResults('a', a), checkResults('b', b), metric, paired);
  const [summaryA, summaryB] = [summarize(samples.a), summarize(samples.b)];
  const enough = samples.a.length >= 2 && samples.b.length >= 2;
  const test = enough ? (samples.paired ? pairedTTest : welchTTest)(samples.a, samples.b) : nothingKnown;
  const method = samples.paired ? ('paired' as const) : ('welch' as const);
  const comparison = { ...test, a: summaryA, b: summaryB, method, verdict: verdictOf(test) };
  return { ...comparison, text: comparisonText(comparison, names) };
}

const nothingKnown: TTest = {
  difference: Number.NaN,
  ci95: [Number.NaN, Number.NaN],
  t: Number.NaN,
  degreesOfFreedom: Number.NaN,
  p: Number.NaN,
};

function verdictOf({ ci95: [low, high] }: TTest): Verdict {
  if (Number.isNaN(low)) return 'too few runs';
  if (low > 0) return 'a is higher';
  return high < 0 ? 'b is higher' : 'within noise';
}

function choose(a: Results, b: Results, metric: string | undefined, wanted: boolean | undefined): Samples {
  if (isRuns(a) && isRuns(b)) return chooseRuns(a, b, metric, wanted);
  if (isRuns(a) || isRuns(b)) return check.fail('a and b must both be numbers, or both be runs with seeds');
  if (metric !== undefined) check.fail(`metric ${show(metric)} chooses values of runs, got numbers`);
  if (wanted === true && a.length !== b.length) {
    check.fail(`numbers can be paired only if there are as many of both, got ${a.length} and ${b.length}`);
  }
  return { a, b, paired: wanted === true };
}

function chooseRuns(
  a: readonly SeededRun[],
  b: readonly SeededRun[],
  metric: string | undefined,
  wanted: boolean | undefined,
): Samples {
  const [valuesA, valuesB] = [valuesBySeed('a', a, metric), valuesBySeed('b', b, metric)];
  const common = [...valuesA.keys()].filter((seed) => valuesB.has(seed));
  const paired = wanted ?? (common.length === valuesA.size && common.length === valuesB.size);
  if (!paired) return { a: [...valuesA.values()], b: [...valuesB.values()], paired };
  if (common.length === 0) check.fail('a and b have no seed in common, so nothing can be paired');
  const inCommon = (values: ReadonlyMap<number, number>) => common.map((seed) => values.get(seed) as number);
  return { a: inCommon(valuesA), b: inCommon(valuesB), paired };
}

function valuesBySeed(
  argument: string,
  runs: readonly SeededRun[],
  metric: string | undefined,
): ReadonlyMap<number, number> {
  const result = new Map<number, number>();
  for (const { seed, values } of runs) {
    if (result.has(seed)) check.fail(`${argument} has two runs of seed ${seed}`);
    result.set(seed, check.number(`${argument}, seed ${seed}`, chosenValue(argument, values, metric)));
  }
  return result;
}

function chosenValue(argument: string, values: SeededRun['values'], metric: string | undefined): unknown {
  const names = Object.keys(values);
  if (metric !== undefined && Object.hasOwn(values, metric)) return values[metric];
  if (metric !== undefined)
    return check.fail(`${argument} has no value ${show(metric)}, it has ${show(names)}`);
  return names.length === 1
    ? Object.values(values)[0]
    : check.fail(`metric must be given where runs have several values, of ${argument} one of ${show(names)}`);
}

function checkResults(argument: string, results: Results): Results {
  const whole =
    Array.isArray(results) &&
    results.length > 0 &&
    (results.every((one) => typeof one === 'number') || results.every(isRun));
  if (!whole)
    check.fail(
      `${argument} must be a list of numbers, or of runs with seed and values, got ${show(results)}`,
    );
  for (const [index, one] of results.entries()) if (!isRun(one)) check.number(`${argument}[${index}]`, one);
  return results;
}

function isRuns(results: Results): results is readonly SeededRun[] {
  return isRun(results[0]);
}

function isRun(value: unknown): value is SeededRun {
  const { seed, values } = (value ?? {}) as Partial<SeededRun>;
  return Number.isSafeInteger(seed) && typeof values === 'object' && values !== null;
}
