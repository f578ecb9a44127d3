import { describe, expect, it } from 'vitest';
import { summarize } from './summarize.ts';

describe('summarize', () => {
  it('divides by n − 1, and takes the quantile for few values from a table', () => {
    // Student's t for 95% and 4 degrees of freedom, as printed in any table: 2.776.
    const { n, mean, std, ci95 } = summarize([1, 2, 3, 4, 5]);
    expect({ n, mean, std }).toEqual({ n: 5, mean: 3, std: Math.sqrt(2.5) });
    expect(ci95[1] - mean).toBeCloseTo(2.776 * Math.sqrt(2.5 / 5), 3);
    expect(mean - ci95[0]).toBeCloseTo(ci95[1] - mean, 12);
  });

  it('knows no spread of one value', () => {
    expect(summarize([0.9])).toEqual({ n: 1, mean: 0.9, std: Number.NaN, ci95: [Number.NaN, Number.NaN] });
  });

  it('finds no spread in equal values, whatever their sum rounds to', () => {
    expect(summarize([0.1, 0.1, 0.1])).toEqual({ n: 3, mean: 0.1, std: 0, ci95: [0.1, 0.1] });
  });

  it('leaves the values as they are', () => {
    const values = Object.freeze([3, 1, 2]);
    expect(summarize(values).mean).toBe(2);
  });

  it.each<[unknown, string]>([
    [[], 'values must be a list of at least one number, got []'],
    [undefined, 'values must be a list of at least one number, got undefined'],
    [0.9, 'values must be a list of at least one number, got 0.9'],
    [[0.9, Number.NaN], 'values[1] must be a finite number, got NaN'],
    [[Number.POSITIVE_INFINITY], 'values[0] must be a finite number, got Infinity'],
    [[0.9, '0.8'], 'values[1] must be a finite number, got "0.8"'],
  ])('refuses %j', (values, message) => {
    expect(() => summarize(values as number[])).toThrow(`[loopwright/study] summarize: ${message}`);
  });
});
