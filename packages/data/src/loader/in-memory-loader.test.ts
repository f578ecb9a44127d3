import { expectNoLeak, expectStateful } from '@loopwright/test-utils';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as batchTransforms from '../batch-transforms/index.ts';
import { ImageArrayDataset } from '../datasets/image-array-dataset.ts';
import * as transforms from '../transforms/index.ts';
import { DataLoader } from './data-loader.ts';
import { type BatchRandomness, InMemoryLoader, type InMemoryLoaderOptions } from './in-memory-loader.ts';

const dataset = new ImageArrayDataset({
  pixels: Uint8Array.from({ length: 10 * 4 * 4 * 3 }, (_, i) => (i * 7) % 256),
  labels: Uint8Array.from({ length: 10 }, (_, i) => i),
  height: 4,
  width: 4,
  channels: 3,
  classNames: [...'abcdefghij'],
});
const normalize = transforms.statistics.cifar10;
const make = (options: Partial<InMemoryLoaderOptions> = {}) =>
  new InMemoryLoader(dataset, { batchSize: 4, ...options });

async function epochOf(loader: InMemoryLoader | DataLoader): Promise<number[][]> {
  const seen: number[][] = [];
  for await (const { images, labels } of loader) seen.push([...labels.dataSync(), ...images.dataSync()]);
  return seen;
}

describe('InMemoryLoader', () => {
  it('gives what a DataLoader of the same seed gives', async () => {
    await expectNoLeak(async () => {
      const loader = make({ shuffle: true, seed: 3 });
      const other = new DataLoader(dataset, { batchSize: 4, shuffle: true, seed: 3 });
      for (let epoch = 0; epoch < 2; epoch++) expect(await epochOf(loader)).toEqual(await epochOf(other));
      expect(loader.length).toBe(3);
      loader.dispose();
      expect(await epochOf(loader)).toHaveLength(3);
      loader.dispose();
    });
  });

  it('augments, then normalises, by (seed, epoch, batch)', async () => {
    const augment = (images: Tensor4D, { stream, places }: BatchRandomness) =>
      batchTransforms.alternatingFlip(batchTransforms.randomCrop(images, { stream, padding: 1 }), { places });
    await expectNoLeak(async () => {
      const [first, again, other] = [make({ augment }), make({ augment }), make({ augment, seed: 1 })];
      const epochs = [await epochOf(first), await epochOf(first)];
      expect([await epochOf(again), await epochOf(again)]).toEqual(epochs);
      expect(epochs[0]).not.toEqual(epochs[1]);
      expect(await epochOf(other)).not.toEqual(epochs[0]);
      const normal = make({ normalize, dropLast: true });
      const expected = await epochOf(new DataLoader(dataset, { batchSize: 4, dropLast: true, normalize }));
      const values = await epochOf(normal);
      expect(values).toHaveLength(2);
      values.flat().forEach((value, i) => {
        expect(value).toBeCloseTo(expected.flat()[i]!, 5);
      });
      for (const loader of [first, again, other, normal]) loader.dispose();
    });
  });

  it('passes the contract of a Stateful, and resumes in mid-epoch', async () => {
    await expectStateful({
      make: () => make({ shuffle: true }),
      makeOther: () => make({ seed: 3, batchSize: 5, dropLast: true }),
      advance: async (loader) => {
        for await (const _ of loader) {
          // an epoch
        }
        loader.dispose();
      },
      observe: (loader) => [loader.stateDict(), loader.length],
    });
    const original = make({ shuffle: true, seed: 1 });
    const seen: number[][] = [];
    let saved = original.stateDict();
    for await (const { labels } of original) {
      seen.push([...labels.dataSync()]);
      if (seen.length === 1) saved = original.stateDict();
    }
    const resumed = make();
    resumed.loadStateDict(saved);
    expect((await epochOf(resumed)).map((batch, i) => batch.slice(0, seen[i + 1]!.length))).toEqual(
      seen.slice(1),
    );
    original.dispose();
    resumed.dispose();
  });

  it('reads the data set once for two loops at once, and says so if it is disposed inside one', async () => {
    await expectNoLeak(async () => {
      const loader = make({ shuffle: true });
      const loops = [loader[Symbol.asyncIterator](), loader[Symbol.asyncIterator]()] as const;
      const [first, second] = await Promise.all(loops.map((loop) => loop.next()));
      expect([...second!.value!.labels.dataSync()]).toEqual([...first!.value!.labels.dataSync()]);
      await loops[1].return();
      loader.dispose();
      await expect(loops[0].next()).rejects.toThrow(
        '[loopwright/data] InMemoryLoader: was disposed before its loop had ended',
      );
    });
  });

  it('refuses bad options, and owns its batches', async () => {
    expect(() => make({ batchSize: 0 })).toThrow(
      '[loopwright/data] InMemoryLoader: batchSize must be a positive integer',
    );
    expect(() => make({ workers: 1 } as never)).toThrow('unknown option "workers"');
    expect(() => make({ normalize: { mean: [0.5], std: [0] } })).toThrow('std must be');
    await expectNoLeak(async () => {
      const loader = make();
      for await (const _ of loader) break;
      const failing = async () => {
        for await (const _ of loader) throw new Error('in the body');
      };
      await expect(failing()).rejects.toThrow('in the body');
      loader.dispose();
    });
  });
});
