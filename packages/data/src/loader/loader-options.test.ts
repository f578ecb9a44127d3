import { expectNoLeak, expectStateful } from '@loopwright/test-utils';
import { type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ArrayDataset } from '../datasets/array-dataset.ts';
import { DistributedSampler } from '../samplers/distributed-sampler.ts';
import type { BatchOrder } from '../samplers/sampler.ts';
import { SubsetRandomSampler } from '../samplers/subset-random-sampler.ts';
import { DataLoader } from './data-loader.ts';

const collate = (samples: readonly number[]) => tensor1d([...samples]);
const ten = new ArrayDataset([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

async function epochOf(loader: DataLoader<number, Tensor1D>): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const batch of loader) batches.push(Array.from(batch.dataSync()));
  return batches;
}

/** Batches that grow: 1, 2 and 3 samples, from another start each epoch. */
const growing: BatchOrder = {
  length: 3,
  batches: (_, epoch) => [[0], [1, 2], [3, 4, 5]].map((batch) => batch.map((index) => (index + epoch) % 10)),
};

describe('samplers in a DataLoader', () => {
  it('say which samples an epoch has', async () => {
    const sampler = new SubsetRandomSampler([1, 3, 5, 7]);
    const loader = new DataLoader(ten, { batchSize: 3, sampler, seed: 2, collate });
    expect(loader.length).toBe(2);
    const [first, second] = [await epochOf(loader), await epochOf(loader)];
    expect(first.flat().sort()).toEqual([1, 3, 5, 7]);
    expect(first).not.toEqual(second);
    const rank = (rank: number) => new DistributedSampler(ten, { numReplicas: 2, rank });
    const shares = [0, 1].map((r) => new DataLoader(ten, { batchSize: 5, sampler: rank(r), collate }));
    const seen = (await Promise.all(shares.map(epochOf))).flat(2);
    expect(seen.sort((a, b) => a - b)).toEqual(ten.samples);
  });

  it('may make the batches', async () => {
    const loader = new DataLoader(ten, { batchSampler: growing, collate });
    expect([await epochOf(loader), await epochOf(loader)]).toEqual([
      [[0], [1, 2], [3, 4, 5]],
      [[1], [2, 3], [4, 5, 6]],
    ]);
    expect(loader.length).toBe(3);
  });

  it('resume with them', async () => {
    const make = () => new DataLoader(ten, { batchSampler: growing, collate });
    await expectStateful({
      make,
      makeOther: () => new DataLoader(ten, { batchSampler: growing, collate, seed: 5 }),
      advance: async (loader) => {
        for await (const _ of loader) {
          // an epoch
        }
      },
      observe: (loader) => [loader.stateDict(), loader.length],
    });
    const state = make().stateDict();
    expect(() => new DataLoader(ten, { batchSize: 2, collate }).loadStateDict(state)).toThrow(
      'state is of a loader with a batchSampler, and this is none',
    );
  });

  it('do not go with options that they make meaningless', () => {
    const sampler = new SubsetRandomSampler([1]);
    const refused = (options: object) => () => new DataLoader(ten, { collate, ...options } as never);
    expect(refused({ batchSize: 2, shuffle: true, sampler })).toThrow(
      'shuffle does not go with sampler, got true',
    );
    expect(refused({ batchSize: 2, batchSampler: growing })).toThrow(
      'batchSize does not go with batchSampler, got 2',
    );
    expect(refused({ batchSize: 2, normalize: { mean: [0], std: [1] } })).toThrow(
      'normalize does not go with collate',
    );
    expect(refused({ batchSize: 2, sampler: [3, 1] })).toThrow(
      'sampler.order must be a function, got undefined',
    );
    expect(refused({ batchSampler: [[3], [1]] })).toThrow('batchSampler.batches must be a function');
    expect(refused({})).toThrow('batchSize must be a positive integer, got undefined');
    expect(refused({ batchSize: 2, workers: -1 })).toThrow('workers must be an integer at least 0, got -1');
    expect(refused({ batchSize: 2, workers: 1, prefetch: 0 })).toThrow(
      'prefetch must be a positive integer, got 0',
    );
  });
});

describe('a DataLoader without workers', () => {
  const counted = (get: (index: number) => number | Promise<number>) => {
    const reads: number[] = [];
    const dataset = {
      length: 6,
      get: (index: number) => {
        reads.push(index);
        return get(index);
      },
    };
    return { reads, dataset };
  };

  it('reads the next batch during the step, if samples come as promises', async () => {
    const { reads, dataset } = counted(async (index) => index);
    const seen: number[] = [];
    for await (const _ of new DataLoader(dataset, { batchSize: 2, collate })) seen.push(reads.length);
    expect(seen).toEqual([4, 6, 6]);
    const none = counted(async (index) => index);
    seen.length = 0;
    for await (const _ of new DataLoader(none.dataset, { batchSize: 2, prefetch: 0, collate }))
      seen.push(none.reads.length);
    expect(seen).toEqual([2, 4, 6]);
  });

  it('reads nothing ahead where nothing is gained', async () => {
    const { reads, dataset } = counted((index) => index);
    const seen: number[] = [];
    for await (const _ of new DataLoader(dataset, { batchSize: 2, collate })) seen.push(reads.length);
    expect(seen).toEqual([2, 4, 6]);
  });

  it('throws what went wrong ahead when its turn comes, and nothing if that never comes', async () => {
    const { dataset } = counted((index) =>
      index < 2 ? Promise.resolve(index) : Promise.reject(new Error('lost')),
    );
    const loader = new DataLoader(dataset, { batchSize: 2, collate });
    await expectNoLeak(async () => {
      for await (const batch of loader) {
        expect(batch.shape).toEqual([2]);
        break;
      }
      await expect(epochOf(loader)).rejects.toThrow('sample 2 could not be read: lost');
    });
  });
});
