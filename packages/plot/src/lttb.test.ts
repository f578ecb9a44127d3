import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestTriangles } from './lttb.ts';

describe('largestTriangles', () => {
  it('keeps both ends and as many points as asked for, in order', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { maxLength: 300 }),
        fc.integer({ min: 3, max: 50 }),
        (y, count) => {
          const kept = largestTriangles(
            y.map((_, index) => index),
            y,
            count,
          );
          expect(kept).toHaveLength(Math.min(count, y.length));
          expect(kept).toEqual([...new Set(kept)].sort((a, b) => a - b));
          if (y.length > 0) expect([kept[0], kept.at(-1)]).toEqual([0, y.length - 1]);
        },
      ),
    ));

  it('refuses what it cannot thin', () => {
    expect(() => largestTriangles([0, 1], [0], 3)).toThrow(
      '[loopwright/plot] largestTriangles: y must have 2 values, got 1',
    );
    expect(() => largestTriangles([0], [0], 2)).toThrow('count must be an integer at least 3, got 2');
  });
});
