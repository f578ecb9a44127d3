import { describe, expect, it } from 'vitest';
import { BatchSampler } from './batch-sampler.ts';
import { DistributedSampler } from './distributed-sampler.ts';
import { RandomSampler } from './random-sampler.ts';
import type { Sampler } from './sampler.ts';
import { SequentialSampler } from './sequential-sampler.ts';
import { SubsetRandomSampler } from './subset-random-sampler.ts';
import { WeightedRandomSampler } from './weighted-random-sampler.ts';

const dataset = { length: 30 };
const weights = Array.from({ length: 30 }, (_, i) => i);

/** Every sampler, with and without a seed of its own; a new one is a row more. */
const registry: Record<string, (options: { seed?: number }) => Sampler> = {
  RandomSampler: (options) => new RandomSampler(dataset, options),
  'RandomSampler with replacement': (options) =>
    new RandomSampler(dataset, { replacement: true, numSamples: 12, ...options }),
  SubsetRandomSampler: (options) => new SubsetRandomSampler([20, 3, 5, 9, 11, 28], options),
  WeightedRandomSampler: (options) => new WeightedRandomSampler(weights, { numSamples: 12, ...options }),
  'WeightedRandomSampler without replacement': (options) =>
    new WeightedRandomSampler(weights, { numSamples: 12, replacement: false, ...options }),
  DistributedSampler: (options) => new DistributedSampler(dataset, { numReplicas: 4, rank: 1, ...options }),
};

describe.each(Object.entries(registry))('%s', (_, make) => {
  it('gives as many indices as it says, all of them of the data set', () => {
    const sampler = make({});
    const order = Array.from(sampler.order(1, 0));
    expect(order).toHaveLength(sampler.length);
    for (const index of order) expect(Number.isInteger(index) && index >= 0 && index < 30).toBe(true);
  });

  it('is a function of seed and epoch, and of its own seed if it has one', () => {
    const order = (options: { seed?: number }, seed: number, epoch: number) =>
      Array.from(make(options).order(seed, epoch));
    expect(order({}, 1, 2)).toEqual(order({}, 1, 2));
    expect(order({}, 1, 3)).not.toEqual(order({}, 1, 2));
    expect(order({}, 2, 2)).not.toEqual(order({}, 1, 2));
    expect(order({ seed: 1 }, 7, 2)).toEqual(order({}, 1, 2));
  });

  it('refuses bad options by name', () => {
    expect(() => make({ seed: 0.5 })).toThrow('seed must be an integer, got 0.5');
    expect(() => make({ sead: 1 } as never)).toThrow('unknown option "sead" (did you mean seed?)');
  });
});

describe('RandomSampler', () => {
  it('draws more than there are in rounds, each of which has all', () => {
    const order = Array.from(new RandomSampler({ length: 4 }, { numSamples: 10 }).order(0, 0));
    expect(order.slice(0, 4).sort()).toEqual([0, 1, 2, 3]);
    expect(order.slice(4, 8).sort()).toEqual([0, 1, 2, 3]);
    expect(order).toHaveLength(10);
  });

  it('draws evenly with replacement', () => {
    const counts = new Array(5).fill(0);
    for (const index of new RandomSampler({ length: 5 }, { replacement: true, numSamples: 50_000 }).order(
      1,
      0,
    )) {
      counts[index] += 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(4 * Math.sqrt(8000)); // 4 sigma
  });
});

describe('WeightedRandomSampler', () => {
  it('draws in proportion to the weights', () => {
    const given = [1, 0, 3, 6];
    const counts = new Array(4).fill(0);
    for (const index of new WeightedRandomSampler(given, { numSamples: 40_000 }).order(2, 0))
      counts[index] += 1;
    given.forEach((weight, i) => {
      const share = weight / 10;
      expect(Math.abs(counts[i] - 40_000 * share)).toBeLessThanOrEqual(
        4 * Math.sqrt(40_000 * share * (1 - share)),
      );
    });
  });

  it('draws one after another from those that are left, without replacement', () => {
    // P(first = i, second = j) = w_i / W · w_j / (W − w_i)
    const given = [1, 2, 5];
    const counts = new Map<string, number>();
    const draws = 8000;
    const sampler = new WeightedRandomSampler(given, { numSamples: 2, replacement: false });
    for (let epoch = 0; epoch < draws; epoch++) {
      const key = Array.from(sampler.order(3, epoch)).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const i of [0, 1, 2]) {
      for (const j of [0, 1, 2].filter((other) => other !== i)) {
        const p = (given[i]! / 8) * (given[j]! / (8 - given[i]!));
        const seen = counts.get(`${i},${j}`) ?? 0;
        expect(Math.abs(seen - draws * p)).toBeLessThan(4 * Math.sqrt(draws * p * (1 - p)));
      }
    }
  });

  it('refuses weights that it cannot draw from', () => {
    expect(() => new WeightedRandomSampler([1, -1], { numSamples: 1 })).toThrow(
      'weight must be a finite number at least 0, got -1',
    );
    expect(() => new WeightedRandomSampler([0, 0], { numSamples: 1 })).toThrow('weights must not all be 0');
    expect(() => new WeightedRandomSampler([1, 0, 2], { numSamples: 3, replacement: false })).toThrow(
      'numSamples is 3, but only 2 samples have a weight above 0',
    );
  });
});

describe('DistributedSampler', () => {
  const shares = (length: number, numReplicas: number, dropLast: boolean) =>
    Array.from({ length: numReplicas }, (_, rank) =>
      Array.from(new DistributedSampler({ length }, { numReplicas, rank, dropLast }).order(5, 1)),
    );

  it('gives every sample to one rank, and the first ones again where they do not divide', () => {
    const all = shares(11, 4, false);
    expect(all.map((share) => share.length)).toEqual([3, 3, 3, 3]);
    expect(new Set(all.flat()).size).toBe(11);
    const dropped = shares(11, 4, true);
    expect(dropped.map((share) => share.length)).toEqual([2, 2, 2, 2]);
    expect(new Set(dropped.flat()).size).toBe(8);
  });

  it('refuses ranks that there are not', () => {
    expect(() => new DistributedSampler(dataset, { numReplicas: 2, rank: 2 })).toThrow(
      'rank must be an integer at least 0 and at most 1, got 2',
    );
    expect(() => new DistributedSampler({ length: 3 }, { numReplicas: 4, rank: 0, dropLast: true })).toThrow(
      '3 samples are too few for 4 ranks with dropLast',
    );
  });
});

describe('BatchSampler', () => {
  it('cuts an order into batches', () => {
    const batches = (dropLast: boolean) => {
      const sampler = new BatchSampler(new SequentialSampler({ length: 7 }), { batchSize: 3, dropLast });
      const all = sampler.batches(0, 0).map((batch) => Array.from(batch));
      expect(all).toHaveLength(sampler.length);
      return all;
    };
    expect(batches(false)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect(batches(true)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(() => new BatchSampler(new SequentialSampler(dataset), { batchSize: 0 })).toThrow(
      'batchSize must be',
    );
  });
});
