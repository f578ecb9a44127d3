import { expectNoLeak, expectStateful } from '@loopwright/test-utils';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { memory, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '../dataset.ts';
import { DataLoader, type DataLoaderOptions } from './data-loader.ts';

/** Samples that tell their index and a number drawn from their stream. */
const numbers = (length: number, reads: number[] = []): Dataset<[number, number]> => ({
  length,
  get(index, stream) {
    reads.push(index);
    return [index, stream.integer(1000)];
  },
});

const collate = (samples: readonly [number, number][]) => ({
  index: tensor1d(samples.map(([index]) => index)),
  random: tensor1d(samples.map(([, random]) => random)),
});
type Batch = { index: Tensor1D; random: Tensor1D };

const loader = (length: number, options: Partial<DataLoaderOptions<[number, number], Batch>> = {}) =>
  new DataLoader(numbers(length), { batchSize: 3, collate, ...options });

async function epochOf(from: DataLoader<[number, number], Batch>): Promise<number[][]> {
  const batches: number[][] = [];
  for await (const { index } of from) batches.push(Array.from(index.dataSync()));
  return batches;
}

describe('DataLoader', () => {
  it('hands out every sample once, the short batch last', async () => {
    expect(await epochOf(loader(8))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ]);
    expect(loader(8).length).toBe(3);
    expect(await epochOf(loader(8, { dropLast: true }))).toHaveLength(2);
    expect(loader(8, { dropLast: true }).length).toBe(2);
  });

  it('shuffles by (seed, epoch): another order each epoch, the same in every run', async () => {
    const first = loader(50, { shuffle: true, seed: 4 });
    const epochs = [await epochOf(first), await epochOf(first)];
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(epochs[0]!.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    const again = loader(50, { shuffle: true, seed: 4 });
    expect([await epochOf(again), await epochOf(again)]).toEqual(epochs);
    expect(await epochOf(loader(50, { shuffle: true, seed: 5 }))).not.toEqual(epochs[0]);
  });

  it('gives a sample its own randomness, whatever its place in the order', async () => {
    const drawn = async (options: Partial<DataLoaderOptions<[number, number], Batch>>) => {
      const byIndex: number[] = [];
      for await (const { index, random } of loader(20, options)) {
        const values = random.dataSync();
        index.dataSync().forEach((value, i) => {
          byIndex[value] = values[i]!;
        });
      }
      return byIndex;
    };
    expect(await drawn({ shuffle: true, batchSize: 7 })).toEqual(
      await drawn({ shuffle: false, batchSize: 2 }),
    );
  });

  it('owns its batches: none is left after a whole epoch, a break or a throw', async () => {
    await expectNoLeak(async () => {
      const subject = loader(8);
      const before = memory().numTensors;
      for await (const _ of subject) expect(memory().numTensors).toBe(before + 2);
      for await (const _ of subject) break;
      const failing = async () => {
        for await (const _ of subject) throw new Error('in the body');
      };
      await expect(failing()).rejects.toThrow('in the body');
    });
  });

  it('resumes in mid-epoch at the next batch, without reading those before it', async () => {
    const original = loader(12, { shuffle: true, seed: 9 });
    const seen: number[][] = [];
    let saved = original.stateDict();
    for await (const { index } of original) {
      seen.push(Array.from(index.dataSync()));
      if (seen.length === 2) saved = original.stateDict();
    }
    const reads: number[] = [];
    const copy = new DataLoader(numbers(12, reads), { batchSize: 5, collate });
    copy.loadStateDict(saved);
    expect(await epochOf(copy)).toEqual(seen.slice(2));
    expect(reads).toHaveLength(6);
    expect(await epochOf(copy)).toEqual(await epochOf(original));
  });

  it('keeps a state that is loaded inside a loop, whatever that loop does then', async () => {
    const subject = loader(12, { shuffle: true });
    const seen: number[][] = [];
    let saved = subject.stateDict();
    for await (const { index } of subject) {
      seen.push(Array.from(index.dataSync()));
      if (seen.length === 1) saved = subject.stateDict();
      if (seen.length === 3) {
        subject.loadStateDict(saved);
        break;
      }
    }
    expect(subject.stateDict()).toEqual(saved);
    expect((await epochOf(subject)).slice(0, 2)).toEqual(seen.slice(1));
  });

  it('gives a loop that begins while another has not ended the same batches', async () => {
    await expectNoLeak(async () => {
      const subject = loader(12, { shuffle: true });
      const expected = [await epochOf(loader(12, { shuffle: true }))];
      const peeking = subject[Symbol.asyncIterator]();
      await peeking.next();
      expect(await epochOf(subject)).toEqual(expected[0]);
      await peeking.return();
      expect(subject.stateDict()).toMatchObject({ epoch: 1, position: 0 });

      const inner: number[][][] = [];
      const outer: number[][] = [];
      for await (const { index } of subject) {
        outer.push(Array.from(index.dataSync()));
        inner.push(await epochOf(subject));
      }
      expect(inner[0]).toEqual(outer);
      expect(inner.map((batches) => batches.length)).toEqual([4, 4, 4, 4]);
      expect(inner[1]).not.toEqual(inner[0]);
      expect(subject.stateDict()).toMatchObject({ epoch: 5, position: 0 });
    });
  });

  it('says so if it was disposed before a loop had ended', async () => {
    const subject = loader(8);
    const loop = subject[Symbol.asyncIterator]();
    await loop.next();
    await subject.dispose();
    await expect(loop.next()).rejects.toThrow(
      '[loopwright/data] DataLoader: was disposed before its loop had ended',
    );
  });

  it('passes the contract of a Stateful', () =>
    expectStateful({
      make: () => loader(12, { shuffle: true, seed: 2 }),
      makeOther: () => loader(12, { seed: 3, batchSize: 4, dropLast: true }),
      advance: async (subject) => {
        for await (const _ of subject) {
          // an epoch
        }
      },
      observe: (subject) => [subject.stateDict(), subject.length],
    }));

  it('passes on what a data set throws, and leaves nothing behind', async () => {
    const broken: Dataset<[number, number]> = {
      length: 4,
      get: async (index) => (index === 3 ? Promise.reject(new Error('record 3 is damaged')) : [index, 0]),
    };
    const read = async () => epochOf(new DataLoader(broken, { batchSize: 2, collate }));
    await expectNoLeak(() => expect(read()).rejects.toThrow('record 3 is damaged'));
  });

  it('refuses images that have not as many bytes as they say', async () => {
    for (const bytes of [5, 7]) {
      const image = (index: number) => ({
        data: new Uint8Array(index === 0 ? bytes : 6),
        height: 1,
        width: 2,
        channels: 3,
      });
      const dataset = { length: 2, get: (index: number) => ({ image: image(index), label: 0 }) };
      const first = new DataLoader(dataset, { batchSize: 2 })[Symbol.asyncIterator]().next();
      await expect(first).rejects.toThrow(`an image of 1×2×3 must have 6 bytes, got ${bytes}`);
    }
  });

  it('refuses images whose label is no class index, which would be cut off to one', async () => {
    for (const label of [0.5, undefined, '1']) {
      const image = { data: new Uint8Array(1), height: 1, width: 1, channels: 1 };
      const dataset = { length: 1, get: () => ({ image, label: label as number }) };
      const first = new DataLoader(dataset, { batchSize: 1 })[Symbol.asyncIterator]().next();
      await expect(first).rejects.toThrow('[loopwright/data] collateImages: label must be an integer, got');
    }
  });

  it('refuses bad options by name', () => {
    expect(() => loader(8, { batchSize: 0 })).toThrow(
      '[loopwright/data] DataLoader: batchSize must be a positive integer, got 0',
    );
    expect(() => loader(8, { batch_size: 2 } as never)).toThrow(
      'unknown option "batch_size" (did you mean batchSize?)',
    );
    expect(() => loader(0)).toThrow('dataset.length must be a positive integer, got 0');
  });
});
