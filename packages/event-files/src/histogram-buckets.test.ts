import { describe, expect, it } from 'vitest';
import { histogramBuckets } from './index.ts';

describe('histogramBuckets', () => {
  it('has the greatest value in the last bucket', () => {
    const buckets = histogramBuckets([0, 1, 2, 3, 4, 5], 5);
    expect(buckets.map(({ count }) => count)).toEqual([1, 1, 1, 1, 2]);
    expect(buckets[4]).toEqual({ left: 4, right: 5, count: 2 });
  });

  it('puts values that are all the same into the last bucket', () => {
    expect(histogramBuckets(Float32Array.of(2, 2), 2)).toEqual([
      { left: 2, right: 2, count: 0 },
      { left: 2, right: 2, count: 2 },
    ]);
  });

  it('leaves out what is not finite, and has no buckets without the rest', () => {
    const values = [Number.NaN, 1, Number.POSITIVE_INFINITY, 3];
    expect(histogramBuckets(values, 2)).toEqual([
      { left: 1, right: 2, count: 1 },
      { left: 2, right: 3, count: 1 },
    ]);
    expect(histogramBuckets([])).toEqual([]);
    expect(histogramBuckets([Number.NaN])).toEqual([]);
  });

  it('counts every value once, however small or large the range is', () => {
    for (const scale of [1e-320, 1e-12, 1, 1e30, 1e308]) {
      const buckets = histogramBuckets([-scale, 0, scale, scale / 3], 30);
      expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(4);
      expect(buckets.every(({ left, right }) => left <= right)).toBe(true);
    }
  });

  it('refuses no buckets', () => {
    expect(() => histogramBuckets([1], 0)).toThrow(
      '[loopwright/event-files] histogramBuckets: count must be a positive integer, got 0',
    );
  });
});
