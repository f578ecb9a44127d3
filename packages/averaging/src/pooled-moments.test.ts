import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Moments, poolMoments } from './pooled-moments.ts';

/** Moments of one channel by the definition, in two passes. */
function momentsOf(samples: readonly number[]): Moments {
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / samples.length;
  return { count: samples.length, mean: Float64Array.of(mean), variance: Float64Array.of(variance) };
}

const sample = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const group = fc.array(sample, { minLength: 1, maxLength: 20 });

describe('poolMoments', () => {
  it('has the moments of all samples at once, however they are grouped', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 8 }), (groups) => {
        const pooled = groups.map(momentsOf).reduce(poolMoments);
        const expected = momentsOf(groups.flat());
        expect(pooled.count).toBe(expected.count);
        expect(pooled.mean[0]).toBeCloseTo(expected.mean[0]!, 9);
        expect(pooled.variance[0]).toBeCloseTo(expected.variance[0]!, 6);
      }),
    );
  });

  it('keeps a small variance beside a large mean, where a difference of squares loses it', () => {
    const groups = [[1e9, 1e9 + 1], [1e9 + 2], [1e9 + 3, 1e9 + 4, 1e9 + 5]];
    const { mean, variance } = groups.map(momentsOf).reduce(poolMoments);
    expect(mean[0]).toBe(1e9 + 2.5);
    expect(variance[0]).toBeCloseTo(35 / 12, 9);
  });
});
