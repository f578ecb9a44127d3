import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import { compareSpreads } from './index.ts';

describe('compareSpreads', () => {
  // Without correlation (c = 0) and with var(a) = 4 var(b): t = 3 √2 / 4 with 2 degrees of freedom, quantile 4.303.
  const uncorrelated: [number[], number[]] = [
    [-2, 2, -2, 2],
    [-1, -1, 1, 1],
  ];

  it('gives ratio, t and interval', () => {
    const { ratio, t, degreesOfFreedom, ci95, verdict } = compareSpreads(...uncorrelated);
    expect([ratio, degreesOfFreedom, verdict]).toEqual([2, 2, 'within noise']);
    expect(t).toBeCloseTo((3 * Math.SQRT2) / 4, 12);
    const k = 1 + 4.303 ** 2;
    expect(ci95[1]).toBeCloseTo(2 * Math.sqrt(k + Math.sqrt(k ** 2 - 1)), 2);
    expect(ci95[0] * ci95[1]).toBeCloseTo(4, 12);
  });

  it('does not depend on means and units, and turns round with its arguments', () => {
    const [a, b] = [
      [0.911, 0.92, 0.915, 0.906, 0.913],
      [0.9, 0.94, 0.92, 0.88, 0.915],
    ];
    const there = compareSpreads(a, b);
    expect(there.verdict).toBe('b varies more');
    const back = compareSpreads(
      b.map((value) => 100 * value),
      a.map((value) => 100 * value - 7),
    );
    expect(back.verdict).toBe('a varies more');
    expect(back.ratio * there.ratio).toBeCloseTo(1, 9);
    expect(back.p).toBeCloseTo(there.p, 9);
    expect(back.ci95[0] * there.ci95[1]).toBeCloseTo(1, 9);
  });

  it.each<[string, number[], number[], string]>([
    [
      'noise',
      ...uncorrelated,
      'within noise: smooth varies 2.00 times as much as plain (95% interval 0.320 to 12.5, p = 0.4, 4 pairs)',
    ],
    [
      'one that follows from the other',
      [1, 2, 4],
      [2, 4, 8],
      'smooth varies less than plain: 0.500 times as much (95% interval 0.500 to 0.500, p = 0, 3 pairs)',
    ],
    [
      'the same twice',
      [1, 2, 4],
      [1, 2, 4],
      'within noise: smooth varies 1.00 times as much as plain (95% interval 1.00 to 1.00, p = 1, 3 pairs)',
    ],
    [
      'two pairs',
      [1, 2],
      [2, 1],
      'nothing known: 2 pairs, where at least three with different values are needed',
    ],
    [
      'equal values',
      [1, 1, 1],
      [2, 1, 3],
      'nothing known: 3 pairs, where at least three with different values are needed',
    ],
  ])('says it: %s', (_, a, b, text) => {
    expect(compareSpreads(a, b, { names: ['smooth', 'plain'] }).text).toBe(text);
  });

  it.each([
    ['their errors', (value: number) => 1 - value],
    ['the same, moved', (value: number) => value + 100],
    ['the same, moved and turned', (value: number) => 0.3 - value],
  ])('takes no rounding for a difference: %s', (_, change) => {
    const random = new RandomStream('spreads');
    for (let n = 3; n < 13; n++) {
      const values = Array.from({ length: n }, () => random.uniform(0.9, 0.92));
      expect(compareSpreads(values, values.map(change))).toMatchObject({
        verdict: 'within noise',
        t: 0,
        p: 1,
      });
    }
  });

  it('has no numbers where nothing is known', () => {
    const { ratio, ci95, t, p, degreesOfFreedom } = compareSpreads([1], [2]);
    expect([ratio, ...ci95, t, p, degreesOfFreedom].every(Number.isNaN)).toBe(true);
  });

  it.each<[unknown, unknown, unknown, string]>([
    [[], [], {}, 'a must be a list of at least one number, got []'],
    [[1], 'b', {}, 'b must be a list of at least one number, got "b"'],
    [[1], [1, 2], {}, 'a and b must be as many, got 1 and 2'],
    [[1], [Number.NaN], {}, 'b[0] must be a finite number, got NaN'],
    [[1], [2], { paired: true }, 'unknown option "paired"'],
    [[1], [2], { names: 'ab' }, 'names must be two names, got "ab"'],
  ])('refuses %j and %j with %j', (a, b, options, message) => {
    expect(() => compareSpreads(a as number[], b as number[], options as object)).toThrow(
      `[loopwright/study] compareSpreads: ${message}`,
    );
  });
});
