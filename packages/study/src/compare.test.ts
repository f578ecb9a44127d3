import { describe, expect, it } from 'vitest';
import { compare } from './index.ts';

const runs = (values: Readonly<Record<number, number>>) =>
  Object.entries(values).map(([seed, accuracy]) => ({ seed: Number(seed), values: { accuracy } }));

describe('compare', () => {
  it('pairs runs of the same seeds, whatever their order', () => {
    // The differences 1, 2, 3 have mean 2 and standard error 1/√3: t = 2√3 with 2 degrees of freedom, quantile 4.303.
    const [a, b] = [runs({ 1: 11, 2: 22, 3: 33 }), runs({ 3: 30, 1: 10, 2: 20 }).reverse()];
    const comparison = compare(a, b);
    expect(comparison).toMatchObject({ method: 'paired', difference: 2, degreesOfFreedom: 2 });
    expect(comparison.t).toBeCloseTo(2 * Math.sqrt(3), 12);
    expect(comparison.ci95[1]).toBeCloseTo(2 + 4.303 / Math.sqrt(3), 3);
    // Without the pairs the seeds' own differences hide it.
    expect(compare(a, b, { paired: false })).toMatchObject({ method: 'welch', verdict: 'within noise' });
  });

  it('pairs the seeds in common only when told so', () => {
    const [a, b] = [runs({ 1: 11, 2: 22, 3: 33.5 }), runs({ 1: 10, 2: 20 })];
    expect(compare(a, b)).toMatchObject({ method: 'welch', a: { n: 3 }, b: { n: 2 } });
    expect(compare(a, b, { paired: true })).toMatchObject({ method: 'paired', difference: 1.5, a: { n: 2 } });
  });

  it('chooses the metric', () => {
    const shifted = (shift: number) =>
      [1, 2, 3].map((seed) => ({ seed, values: { loss: -seed * shift, accuracy: seed + shift / 100 } }));
    const [a, b] = [shifted(1), shifted(2)];
    expect(compare(a, b, { metric: 'accuracy' }).difference).toBeCloseTo(-0.01, 12);
    expect(compare(a, b, { metric: 'loss' }).difference).toBeCloseTo(2, 12);
  });

  it.each<[string, number[], number[], string]>([
    [
      'a higher',
      [12, 12.1, 11.9],
      [10, 10.2, 9.8],
      'SWA is higher than base by 2.00 (95% interval 1.58 to 2.42, p = 0.00065, 3 and 3 runs)',
    ],
    [
      'b higher',
      [10, 10.2, 9.8],
      [12, 12.1, 11.9],
      'base is higher than SWA by 2.00 (95% interval 1.58 to 2.42, p = 0.00065, 3 and 3 runs)',
    ],
    [
      'noise',
      [1, 2],
      [1.5, 2.5],
      'within noise: SWA less base is -0.5 (95% interval -3.5 to 2.5, p = 0.55, 2 and 2 runs); what is below 3.0 would not show',
    ],
    ['one run', [1, 2, 3], [9], 'too few runs: 3 and 1 runs, where at least two of each are needed'],
    [
      'equal values',
      [1, 1],
      [1, 1],
      'within noise: SWA less base is 0 (95% interval 0 to 0, p = 1, 2 and 2 runs); what is below 0 would not show',
    ],
    [
      'values without spread',
      [2, 2],
      [1, 1],
      'SWA is higher than base by 1 (95% interval 1 to 1, p = 0, 2 and 2 runs)',
    ],
  ])('says it: %s', (_, a, b, text) => {
    expect(compare(a, b, { names: ['SWA', 'base'] }).text).toBe(text);
  });

  it('knows nothing of too few runs', () => {
    const { difference, ci95, t, p, degreesOfFreedom, verdict, text } = compare([1], [2], { paired: true });
    expect([difference, ...ci95, t, p, degreesOfFreedom].every(Number.isNaN)).toBe(true);
    expect(verdict).toBe('too few runs');
    expect(text).toBe('too few runs: 1 pair, where at least two are needed');
  });

  it.each<[unknown, unknown, unknown, string]>([
    [[], [1], {}, 'a must be a list of numbers, or of runs with seed and values, got []'],
    [[1], 'b', {}, 'b must be a list of numbers, or of runs with seed and values, got "b"'],
    [[1], [Number.NaN], {}, 'b[0] must be a finite number, got NaN'],
    [[1], runs({ 1: 1 }), {}, 'a and b must both be numbers, or both be runs with seeds'],
    [[1], [1, 2], { paired: true }, 'numbers can be paired only if there are as many of both, got 1 and 2'],
    [[1], [2], { metric: 'loss' }, 'metric "loss" chooses values of runs, got numbers'],
    [
      runs({ 1: 1 }),
      runs({ 2: 1 }),
      { paired: true },
      'a and b have no seed in common, so nothing can be paired',
    ],
    [runs({ 1: 1 }), runs({ 1: 1 }), { metric: 'loss' }, 'a has no value "loss", it has ["accuracy"]'],
    [
      [{ seed: 1, values: { x: 1, y: 2 } }],
      runs({ 1: 1 }),
      {},
      'metric must be given where runs have several values, of a one of ["x", "y"]',
    ],
    [runs({ 1: 1 }), [...runs({ 1: 1 }), ...runs({ 1: 2 })], {}, 'b has two runs of seed 1'],
    [runs({ 1: 1 }), runs({ 1: Number.NaN }), {}, 'b, seed 1 must be a finite number, got NaN'],
    [[1], [2], { alpha: 0.05 }, 'unknown option "alpha"'],
    [[1], [2], { names: 'ab' }, 'names must be two names, got "ab"'],
    [[1], [2], { paired: 1 }, 'paired must be true or false, got 1'],
  ])('refuses %j and %j with %j', (a, b, options, message) => {
    expect(() => compare(a as number[], b as number[], options as object)).toThrow(
      `[loopwright/study] compare: ${message}`,
    );
  });
});
