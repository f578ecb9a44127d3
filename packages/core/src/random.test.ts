import { expectStateful } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';
import { RandomStream } from './random.ts';

const take = (stream: RandomStream, count: number) => Array.from({ length: count }, () => stream.uniform());

describe('RandomStream', () => {
  it('is a function of its keys alone', () => {
    expect(take(new RandomStream(1, 'a', 2), 5)).toEqual(take(new RandomStream(1, 'a', 2), 5));
    const firsts = new Set<number>();
    for (let seed = 0; seed < 40; seed++)
      for (let epoch = 0; epoch < 50; epoch++) firsts.add(new RandomStream(seed, epoch).uniform());
    expect(firsts.size).toBe(2000);
  });

  it('tells keys apart that read alike when joined', () => {
    expect(new RandomStream(1, 23).uint32()).not.toBe(new RandomStream(12, 3).uint32());
    expect(new RandomStream('1').uint32()).not.toBe(new RandomStream(1).uint32());
  });

  it('treats seed 0 as a seed', () => {
    expect(new RandomStream(0).uint32()).toBe(new RandomStream(0).uint32());
    expect(new RandomStream(0).uint32()).not.toBe(new RandomStream(1).uint32());
  });

  it('is uniform: mean, variance and a chi-squared test over 64 bins', () => {
    const values = take(new RandomStream(7), 64_000);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 3);
    const bins = new Array<number>(64).fill(0);
    for (const value of values) bins[Math.floor(value * 64)]! += 1;
    const chiSquared = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(103.4); // 99.9th percentile with 63 degrees of freedom
  });

  it('is uniform across streams, where only the index differs', () => {
    const values = Array.from({ length: 20_000 }, (_, index) =>
      new RandomStream(3, 'augment', index).uniform(),
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(0.5, 2);
    const lag = values.slice(1).reduce((sum, value, i) => sum + (value - 0.5) * (values[i]! - 0.5), 0);
    expect(Math.abs(lag / values.length) * 12).toBeLessThan(0.03);
  });

  it('draws normal values and permutations', () => {
    const stream = new RandomStream(11);
    const values = Array.from({ length: 20_000 }, () => stream.normal(2, 3));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean).toBeCloseTo(2, 1);
    const order = new RandomStream(5).permutation(1000);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect([...order]).not.toEqual([...new RandomStream(6).permutation(1000)]);
  });

  it('resumes', () =>
    expectStateful({
      make: () => new RandomStream(1),
      makeOther: () => new RandomStream(2),
      advance: (stream) => void stream.uniform(),
      observe: (stream) => structuredClone(stream.stateDict()),
    }));

  it('refuses bad arguments by name', () => {
    const stream = new RandomStream(1);
    expect(() => stream.loadStateDict({ version: 1, words: [1, 2, 3] })).toThrow(
      'state.words must be four words',
    );
    expect(() => stream.loadStateDict({ version: 1, words: [1, 2, 3, -1] })).toThrow(
      'state.words[3] must be an integer',
    );
    expect(stream.uint32()).toBe(new RandomStream(1).uint32());
    expect(() => new RandomStream(0.5)).toThrow(
      '[loopwright/core] RandomStream: key must be an integer, got 0.5',
    );
    expect(() => new RandomStream(1).integer(0)).toThrow(
      'bound must be an integer at least 1 and at most 4294967296',
    );
  });
});
