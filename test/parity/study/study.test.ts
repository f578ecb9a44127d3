import { readFileSync } from 'node:fs';
import { compare, compareSpreads, summarize } from '@loopwright/study';
import { describe, expect, it } from 'vitest';
import { centralQuantile, tailProbability } from '../../../packages/study/src/student-t.ts';

interface Golden {
  readonly cases: {
    readonly summaries: {
      readonly name: string;
      readonly values: number[];
      readonly mean: number;
      readonly std: number;
      readonly ci95: [number, number];
    }[];
    readonly quantiles: {
      readonly probability: number;
      readonly degreesOfFreedom: number;
      readonly quantile: number;
    }[];
    readonly tails: {
      readonly t: number;
      readonly degreesOfFreedom: number;
      readonly probability: number;
    }[];
    readonly comparisons: {
      readonly name: string;
      readonly a: number[];
      readonly b: number[];
      readonly paired: boolean;
      readonly t: number;
      readonly p: number;
      readonly degreesOfFreedom: number;
      readonly ci95: [number, number];
    }[];
    readonly spreads: {
      readonly name: string;
      readonly a: number[];
      readonly b: number[];
      readonly ratio: number;
      readonly p: number;
      readonly ci95: [number, number];
    }[];
  };
}

const { cases }: Golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8'));

// Both compute in float64: some 1e-16 for each of the values, and SciPy's quantile is good to 1e-13 or so.
const tolerance = 1e-11;

describe('summarize against SciPy and NumPy', () => {
  it.each(cases.summaries)('$name', ({ values, mean, std, ci95 }) => {
    const summary = summarize(values);
    const expectClose = (actual: number, expected: number) =>
      expect(Math.abs(actual - expected) / Math.max(Math.abs(expected), std)).toBeLessThan(tolerance);
    expect(summary.n).toBe(values.length);
    expectClose(summary.mean, mean);
    expectClose(summary.std, std);
    expectClose(summary.ci95[0], ci95[0]);
    expectClose(summary.ci95[1], ci95[1]);
  });

  it.each(cases.quantiles)(
    'quantile of $probability with $degreesOfFreedom degrees of freedom',
    ({ probability, degreesOfFreedom, quantile }) => {
      const actual = centralQuantile(probability, degreesOfFreedom);
      expect(Math.abs(actual / quantile - 1)).toBeLessThan(tolerance);
    },
  );
});

it.each(cases.tails)(
  'beyond $t with $degreesOfFreedom degrees of freedom',
  ({ t, degreesOfFreedom, probability }) => {
    expect(Math.abs(tailProbability(t, degreesOfFreedom) / probability - 1)).toBeLessThan(tolerance);
  },
);

describe('compare against SciPy', () => {
  it.each(cases.comparisons)('$name, paired: $paired', ({ a, b, paired, ci95, ...expected }) => {
    const actual = compare(a, b, { paired });
    expect(actual.method).toBe(paired ? 'paired' : 'welch');
    // Differences of close values keep fewer digits than the values have.
    const relative = (value: number, other: number) => Math.abs(value / other - 1);
    expect(relative(actual.t, expected.t)).toBeLessThan(1e-9);
    expect(relative(actual.p, expected.p)).toBeLessThan(1e-9);
    expect(relative(actual.degreesOfFreedom, expected.degreesOfFreedom)).toBeLessThan(1e-9);
    const width = ci95[1] - ci95[0];
    expect(Math.abs(actual.ci95[0] - ci95[0]) / width).toBeLessThan(1e-9);
    expect(Math.abs(actual.ci95[1] - ci95[1]) / width).toBeLessThan(1e-9);
    expect(actual.verdict === 'within noise').toBe(expected.p > 0.05);
  });
});

// SciPy has no such test, but the correlation and the search for a root that it is made of.
describe('compareSpreads against SciPy', () => {
  it.each(cases.spreads)('$name', ({ a, b, ratio, p, ci95 }) => {
    const actual = compareSpreads(a, b);
    const relative = (value: number, other: number) => Math.abs(value / other - 1);
    expect(relative(actual.ratio, ratio)).toBeLessThan(1e-12);
    expect(relative(actual.p, p)).toBeLessThan(1e-9);
    expect(relative(actual.ci95[0], ci95[0])).toBeLessThan(1e-9);
    expect(relative(actual.ci95[1], ci95[1])).toBeLessThan(1e-9);
  });
});
