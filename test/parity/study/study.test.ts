import { readFileSync } from 'node:fs';
import { summarize } from '@loopwright/study';
import { describe, expect, it } from 'vitest';
import { centralQuantile } from '../../../packages/study/src/student-t.ts';

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
