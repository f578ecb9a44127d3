import { describe, expect, it } from 'vitest';
import { suggestLr } from './index.ts';

/** Points at rates that grow by factors of 10 from 1e-4. */
const curve = (losses: readonly number[]) =>
  losses.map((smoothed, step) => ({ step, lr: Number(`1e${step - 4}`), smoothed }));
const all = { skipStart: 0, skipEnd: 0 };

describe('suggestLr', () => {
  it('finds the steepest descent over the logarithm of the rate', () => {
    // A logistic curve of log lr falls fastest in its middle; against lr itself it would be at the first point.
    const lrs = Array.from({ length: 81 }, (_, index) => 10 ** (-6 + index / 10));
    const history = lrs.map((lr, step) => ({ step, lr, smoothed: 1 / (1 + (lr / 1e-2) ** 2) }));
    expect(suggestLr(history, 'steepest', all)).toEqual({ lr: lrs[40], step: 40, reason: undefined });
  });

  it('takes no descent for one that comes after the minimum, back from rates that were too high', () => {
    expect(suggestLr(curve([4, 4, 3, 2, 1.5, 9, 20, 5, 6]), 'steepest', all).step).toBe(2);
  });

  it('takes slopes of rates that are unevenly spaced from the parabola through three points', () => {
    // Over log10 lr the points (0, 4), (1, 1), (3, 1) lie on x² − 4x + 4, whose slopes in x = 1 is −2; at the ends −3 and 0.
    const history = [1, 10, 1000].map((lr, step) => ({ step, lr, smoothed: [4, 1, 1][step]! }));
    expect(suggestLr(history, 'steepest', all).step).toBe(0);
    const flat = [1, 10, 1000].map((lr, step) => ({ step, lr, smoothed: [4, 3.9, 1][step]! }));
    // Slopes −0.1, (2 · −0.1 + 1 · −1.45) / 3 and −1.45.
    expect(suggestLr(flat, 'steepest', all).step).toBe(2);
  });

  it('finds the longest valley, whatever lies between its points', () => {
    // The longest descent is 9 8 7 6 5 4: it ends at step 7 and counts six points, of which a half in: 7 − 6 + 2 + 1.
    expect(suggestLr(curve([9, 10, 8, 7, 9.5, 6, 5, 4, 20]), 'valley', all).step).toBe(4);
    expect(suggestLr(curve([3, 2, 1]), 'valley', all).step).toBe(0);
    expect(suggestLr(curve([3, 2, 1]), undefined, all)).toEqual(suggestLr(curve([3, 2, 1]), 'valley', all));
  });

  it('stays a tenth below the minimum', () => {
    const { lr, step } = suggestLr(curve([3, 2, 1, 5]), 'minimum', all);
    expect(step).toBe(2);
    expect(lr).toBeCloseTo(1e-3, 12);
  });

  it('leaves out a tenth at the start and five at the end, or as told', () => {
    const losses = [0, ...Array.from({ length: 14 }, (_, index) => 20 - index), -9, -10, -11, -12, -13];
    const history = losses.map((smoothed, step) => ({ step, lr: 1.5 ** step, smoothed }));
    // Steps 2 to 14 fall evenly; the 0 before and what comes after would win otherwise.
    expect(suggestLr(history, 'valley')).toMatchObject({ step: 14 - 13 + 4 + 2 });
    expect(suggestLr(history, 'minimum', { skipEnd: 0 }).reason).toMatch(
      'the loss still falls at the highest rate',
    );
    expect(suggestLr(history, 'minimum', { skipStart: 0 }).reason).toMatch('never falls');
    expect(suggestLr(history, 'steepest', { skipStart: 12, skipEnd: 4 })).toMatchObject({ step: 15 });
  });

  it('reads nothing from the first loss on that is not finite', () => {
    const history = curve([5, 4, 3, 4, Number.NaN, 1, 0]);
    expect(suggestLr(history, 'minimum', all)).toMatchObject({ step: 2 });
    const infinite = curve([5, 4, 3, 4, Number.POSITIVE_INFINITY, 1]);
    expect(suggestLr(infinite, 'minimum', all)).toMatchObject({ step: 2 });
  });

  it.each(['valley', 'steepest', 'minimum'] as const)(
    '%s has no rate for a loss that never falls',
    (method) => {
      for (const losses of [
        [1, 2, 3, 4],
        [2, 2, 2, 2],
      ]) {
        const { lr, step, reason } = suggestLr(curve(losses), method, all);
        expect([lr, step]).toEqual([undefined, undefined]);
        expect(reason).toMatch('never falls');
      }
    },
  );

  it('has none for too few points, and says how many there were', () => {
    const reason =
      'of 4 points 2 are left to read from, at least 3 are needed: take more steps, or skip fewer';
    expect(suggestLr(curve([4, 3, 2, 1]), 'valley', { skipEnd: 2 }).reason).toBe(reason);
    expect(suggestLr([], 'steepest').reason).toMatch('of 0 points 0');
    expect(suggestLr(curve([4, 3, 2, 1]), 'minimum', { skipStart: 9, skipEnd: 9 }).reason).toMatch(
      '0 are left',
    );
  });

  it('leaves the history as it is', () => {
    const history = Object.freeze(curve([9, 5, 4, 8]).map(Object.freeze)) as ReturnType<typeof curve>;
    for (const method of ['valley', 'steepest', 'minimum'] as const) suggestLr(history, method, all);
  });

  it.each<[() => unknown, string]>([
    [
      () => suggestLr(curve([1]), 'slide' as never),
      'method must be one of "valley", "steepest", "minimum", got "slide"',
    ],
    [() => suggestLr(curve([1]), 'valley', { skip: 1 } as never), 'unknown option "skip"'],
    [
      () => suggestLr(curve([1]), 'valley', { skipStart: -1 }),
      'skipStart must be an integer at least 0, got -1',
    ],
    [
      () => suggestLr(curve([1]), 'valley', { skipEnd: 0.5 }),
      'skipEnd must be an integer at least 0, got 0.5',
    ],
    [() => suggestLr(3 as never), 'history must be a list of points, got 3'],
    [
      () => suggestLr([{ lr: 1, loss: 2 }] as never),
      'history[0] must be a point with step, lr and smoothed, got { lr, loss }',
    ],
    [
      () => suggestLr(curve([1, 2]).reverse()),
      'history[1].lr must be a finite number greater than 0.001, got 0.0001',
    ],
  ])('refuses %s', (call, message) => {
    expect(call).toThrow(`[loopwright/lr-finder] suggestLr: ${message}`);
  });
});
