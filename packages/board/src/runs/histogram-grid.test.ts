import fc from 'fast-check';
import { expect, it } from 'vitest';
import { histogramGrid } from './histogram-grid.ts';

const bucket = fc.record({
  left: fc.integer({ min: -50, max: 50 }),
  width: fc.integer({ min: 0, max: 20 }),
  count: fc.integer({ min: 0, max: 100 }),
});

it('spreads every count over common bins, and loses none', () =>
  fc.assert(
    fc.property(fc.array(bucket, { minLength: 1, maxLength: 30 }), (buckets) => {
      const item = {
        left: buckets.map(({ left }) => left),
        right: buckets.map(({ left, width }) => left + width),
        counts: buckets.map(({ count }) => count),
      };
      const [row] = histogramGrid([{ position: 1, item }]).rows;
      const total = (counts: readonly number[] = []) => counts.reduce((sum, count) => sum + count, 0);
      expect(total(row?.counts)).toBeCloseTo(total(item.counts), 8);
    }),
  ));

it('has some width where all values are equal, or there are none', () => {
  const item = { left: [2], right: [2], counts: [5] };
  expect(histogramGrid([{ position: 1, item }])).toMatchObject({ min: 1.5, max: 2.5 });
  expect(histogramGrid([])).toEqual({ min: 0, max: 1, rows: [] });
});
