import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Numbers } from './numbers.ts';
import { Series } from './series.ts';

describe('Numbers', () => {
  it('keeps every number exactly, of whatever precision', () =>
    fc.assert(
      fc.property(fc.array(fc.double(), { maxLength: 60 }), (values) => {
        const numbers = new Numbers();
        for (const value of values) numbers.push(value);
        expect([...numbers.view()]).toEqual(values);
      }),
    ));

  it('needs half the memory for numbers that float32 holds', () => {
    const numbers = new Numbers();
    for (const value of [1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) numbers.push(value);
    expect(numbers.view()).toBeInstanceOf(Float32Array);
    numbers.push(0.1);
    expect([...numbers.view()]).toEqual([1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 0.1]);
  });
});

describe('Series', () => {
  function seriesOf(positions: readonly number[]): Series {
    const series = new Series(true);
    for (const [time, position] of positions.entries()) series.append(position, 10 * position + time, time);
    return series;
  }

  it('has each position once, ascending, and of equal ones the last', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (positions) => {
        const { positions: kept, values, times } = seriesOf(positions);
        expect([...kept.view()]).toEqual([...new Set(kept.view())].sort((a, b) => a - b));
        const last = positions.map((position, time) => [position, time] as const);
        for (const [index, position] of [...kept.view()].entries()) {
          const time = last.findLast(([one]) => one === position)?.[1] as number;
          expect(values.at(index)).toBe(10 * position + time);
          expect(times?.at(index)).toBe(time);
        }
      }),
    ));

  it('drops what came after the step that a resumed run goes back to', () => {
    const series = seriesOf([10, 20, 30, 40, 20]);
    expect([...series.positions.view()]).toEqual([10, 20]);
    expect([...series.values.view()]).toEqual([100, 204]);
  });
});
