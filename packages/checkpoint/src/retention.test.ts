import { describe, expect, it } from 'vitest';
import { byMerit, type Candidate, expendable } from './retention.ts';

const candidates = (accuracies: readonly (number | undefined)[]): Candidate[] =>
  accuracies.map((accuracy, epoch) => {
    const metrics: Record<string, number> = accuracy === undefined ? {} : { accuracy };
    return { epoch, metrics };
  });
const epochs = (list: readonly Candidate[]) => list.map(({ epoch }) => epoch);
const best = { metric: 'accuracy', mode: 'max' } as const;

describe('byMerit', () => {
  it('sorts by the metric, the earlier of equals first', () => {
    const list = candidates([0.5, 0.7, 0.7, -0.1]);
    expect(epochs(byMerit(list, best))).toEqual([1, 2, 0, 3]);
    expect(epochs(byMerit(list, { ...best, mode: 'min' }))).toEqual([3, 0, 1, 2]);
  });

  it('NaN is never best, nor is a missing metric; infinity may be', () => {
    const list = candidates([Number.NaN, undefined, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect(epochs(byMerit(list, best))).toEqual([2, 3]);
    expect(epochs(byMerit(list, { ...best, mode: 'min' }))).toEqual([2, 3]);
    expect(byMerit(candidates([1]), { metric: 'toString', mode: 'max' })).toEqual([]);
  });
});

describe('expendable', () => {
  it('rotation never takes the best or the newest', () => {
    const list = candidates([0.1, 0.9, 0.2, 0.3, 0.4]);
    const removed = (keepLast: number, count?: number) =>
      epochs(
        expendable(list, { keepLast, keepBest: count === undefined ? undefined : { ...best, count } }, 4),
      );
    expect(removed(1)).toEqual([0, 1, 2, 3]);
    expect(removed(1, 1)).toEqual([0, 2, 3]);
    expect(removed(2, 1)).toEqual([0, 2]);
    expect(removed(1, 3)).toEqual([0, 2]);
    expect(removed(9)).toEqual([]);
    expect(removed(Number.POSITIVE_INFINITY)).toEqual([]);
  });

  it('with every metric NaN, keeps the newest', () => {
    const list = candidates([Number.NaN, Number.NaN]);
    expect(epochs(expendable(list, { keepLast: 1, keepBest: { ...best, count: 1 } }, 1))).toEqual([0]);
  });

  it('keeps what was just saved, though a run that went back left newer ones', () => {
    expect(epochs(expendable(candidates([0, 0, 0, 0]), { keepLast: 1 }, 1))).toEqual([0, 2]);
  });
});
