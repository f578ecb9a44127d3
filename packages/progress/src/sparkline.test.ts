import { describe, expect, it } from 'vitest';
import { sparkline } from './sparkline.ts';
import { Trend } from './trend.ts';

describe('sparkline', () => {
  it('draws values between the smallest and the largest', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([5, 5, 5], 8)).toBe('▄▄▄');
    expect(sparkline([1], 8)).toBe('');
  });

  it('draws means where there are more than it has columns', () => {
    expect(sparkline([0, 0, 1, 1, 2, 2, 3, 3], 4)).toBe('▁▃▆█');
    expect(
      sparkline(
        Array.from({ length: 31 }, (_, index) => index),
        12,
      ),
    ).toHaveLength(12);
  });
});

describe('Trend', () => {
  it('spans all values in few points, which are means', () => {
    const trend = new Trend();
    for (let value = 0; value < 1000; value++) trend.add(value);
    expect(trend.values.length).toBeLessThanOrEqual(32);
    expect(trend.values[0]).toBe(15.5); // the mean of 0 to 31
    expect(trend.values.at(-1)).toBeGreaterThan(980);
  });

  it('passes over what is not finite', () => {
    const trend = new Trend();
    for (const value of [1, Number.NaN, 2, Number.POSITIVE_INFINITY]) trend.add(value);
    expect(trend.values).toEqual([1, 2]);
  });
});
