import { expectNoLeak, expectStateful } from '@loopwright/test-utils';
import { scalar } from '@tensorflow/tfjs-core';
import { filter } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HistoryCondition, improved, type MetricRecord, MetricStream } from './index.ts';

const bestSoFar = (history: readonly number[]) =>
  history.length === 1 || (history.at(-1) as number) > Math.max(...history.slice(0, -1));

describe('HistoryCondition', () => {
  it('asks the predicate about all values so far', () => {
    const condition = new HistoryCondition('val.accuracy', bestSoFar);
    expect([0.5, 0.4, 0.6, 0.6].map((value) => condition.update({ 'val.accuracy': value }))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it('passes over records without the metric, and reads scalar tensors', () =>
    expectNoLeak(() => {
      const condition = new HistoryCondition('loss', (history) => history.length === 2);
      const loss = scalar(1);
      expect(condition.update({ step: 1 })).toBe(false);
      expect(condition.update({ loss })).toBe(false);
      expect(condition.update({ loss })).toBe(true);
      expect(condition.update({ step: 2 })).toBe(false);
      loss.dispose();
    }));

  it('keeps no more than the last values, if told so', () => {
    const lengths: number[] = [];
    const condition = new HistoryCondition('loss', (history) => lengths.push(history.length) < 0, {
      last: 2,
    });
    for (let i = 0; i < 4; i++) condition.update({ loss: i });
    expect(lengths).toEqual([1, 2, 2, 2]);
    expect(condition.stateDict().history).toEqual([2, 3]);
  });

  it('resumes into another configuration', () =>
    expectStateful({
      make: () => new HistoryCondition('loss', bestSoFar, { last: 3 }),
      makeOther: () => new HistoryCondition('other', bestSoFar),
      advance: (condition, index) => void condition.update({ loss: Math.sin(index), other: 1 }),
      observe: (condition) => [condition.key, structuredClone(condition.stateDict())],
    }));

  it('refuses bad arguments and values by name', () => {
    const always = () => true;
    expect(() => new HistoryCondition('', always)).toThrow(
      'HistoryCondition: key must be a non-empty string',
    );
    expect(() => new HistoryCondition('a', 1 as never)).toThrow(
      'HistoryCondition: predicate must be a function, got 1',
    );
    expect(() => new HistoryCondition('a', always, { last: 0 })).toThrow(
      'HistoryCondition: last must be a positive integer',
    );
    expect(() => new HistoryCondition('a', always).update({ a: 'x' })).toThrow(
      '[loopwright/metrics] MetricRecord: "a" must be a number, got "x"',
    );
  });
});

describe('improved', () => {
  it.each([
    ['max', [1, 3, 2, 3, 4], [true, true, false, false, true]],
    ['min', [-1, -3, -2, -3, -4], [true, true, false, false, true]],
  ] as const)('holds where the value is the best so far, %s', (mode, values, expected) => {
    const condition = improved('a', mode);
    expect(condition.best).toBeUndefined();
    expect(values.map((a) => condition.update({ a }))).toEqual(expected);
    expect(condition.best).toBe(values[4]);
  });

  it('agrees with the history that it does not keep', () => {
    const [short, long] = [improved('a', 'max'), new HistoryCondition('a', bestSoFar)];
    for (let i = 0; i < 50; i++) {
      const record = { a: Math.sin(i * i) };
      expect(short.update(record)).toBe(long.update(record));
    }
    expect(JSON.stringify(short.stateDict()).length).toBeLessThan(100);
  });

  it('wants the best exceeded by more than minDelta', () => {
    const condition = improved('a', 'max', { minDelta: 0.5 });
    expect([1, 1.5, 1.75].map((a) => condition.update({ a }))).toEqual([true, false, true]);
  });

  it('never counts NaN as improved, not even first', () => {
    const condition = improved('a', 'min');
    expect([Number.NaN, 2, Number.NaN, 1].map((a) => condition.update({ a }))).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('filters a stream', () => {
    const stream = new MetricStream();
    const isBest = improved('val.loss', 'min');
    const seen: MetricRecord[] = [];
    stream.pipe(filter((record) => isBest.update(record))).subscribe((record) => seen.push(record));
    for (const value of [3, 4, 2]) stream.next({ 'val.loss': value });
    expect(seen).toEqual([{ 'val.loss': 3 }, { 'val.loss': 2 }]);
  });

  it('resumes into another configuration', () =>
    expectStateful({
      make: () => improved('loss', 'min', { minDelta: 0.1 }),
      makeOther: () => improved('other', 'max'),
      advance: (condition, index) => void condition.update({ loss: Math.sin(index), other: 1 }),
      observe: (condition) => [condition.key, condition.best, condition.stateDict()],
    }));

  it('refuses bad arguments by name', () => {
    expect(() => improved('a', 'best' as never)).toThrow(
      'Improvement: mode must be one of "min", "max", got "best"',
    );
    expect(() => improved('a', 'min', { minDelta: -1 })).toThrow(
      'Improvement: minDelta must be a finite number at least 0, got -1',
    );
  });
});
