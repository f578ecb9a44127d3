import { describe, expect, it } from 'vitest';
import { isAveraged, type Positions } from './positions.ts';

const averagedOf = (positions: Positions, length: number) =>
  Array.from({ length }, (_, position) => position).filter((position) => isAveraged(positions, position));

describe('isAveraged', () => {
  it('takes every position from the start on', () => {
    expect(averagedOf({ start: 2, every: 1, total: null }, 5)).toEqual([2, 3, 4]);
    expect(averagedOf({ start: 1, every: 3, total: null }, 9)).toEqual([1, 4, 7]);
  });

  it('takes the last position too where the total is known', () => {
    expect(averagedOf({ start: 1, every: 3, total: 9 }, 9)).toEqual([1, 4, 7, 8]);
    expect(averagedOf({ start: 1, every: 3, total: 8 }, 8)).toEqual([1, 4, 7]);
  });
});
