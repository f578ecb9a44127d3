import { createHash } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { expectNoLeak } from '@loopwright/test-utils';
import { memory, type Tensor, type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { ArrayDataset } from '../datasets/array-dataset.ts';
import { datasetFromModule } from '../datasets/dataset-from-module.ts';
import { ImageArrayDataset } from '../datasets/image-array-dataset.ts';
import { mapDataset } from '../datasets/map-dataset.ts';
import * as transforms from '../transforms/index.ts';
import type { ImageBatch } from './collate-images.ts';
import { DataLoader, type DataLoaderOptions } from './data-loader.ts';

const transform = transforms.compose(
  transforms.randomCrop({ padding: 2 }),
  transforms.alternatingFlip({ seed: 3 }),
  transforms.colorJitter({ brightness: 0.5 }),
);

const images = (length = 23, options = { transform }) =>
  new ImageArrayDataset(
    {
      pixels: Uint8Array.from({ length: length * 6 * 5 * 3 }, (_, i) => (i * 7919) % 251),
      labels: Uint8Array.from({ length }, (_, i) => i % 10),
      height: 6,
      width: 5,
      channels: 3,
      classNames: [...'abcdefghij'],
    },
    options,
  );

const loader = (options: Partial<DataLoaderOptions<never, ImageBatch>> = {}) =>
  new DataLoader(images(), { batchSize: 4, shuffle: true, seed: 7, ...(options as object) });

const digest = (...tensors: Tensor[]) => {
  const hash = createHash('sha256');
  for (const tensor of tensors) hash.update(`${tensor.shape} `).update(Buffer.from(tensor.dataSync().buffer));
  return hash.digest('hex');
};

async function digests(from: DataLoader, epochs = 1): Promise<string[]> {
  const seen: string[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    for await (const { images, labels } of from) seen.push(digest(images, labels));
  }
  return seen;
}

/** A data set of numbers whose `get` is this source, in a module of its own. */
const numbers = (get: string, options: Record<string, unknown> = {}) =>
  datasetFromModule<number>(
    `data:text/javascript,${encodeURIComponent(`export const make = (options) => ({ length: 12, get: ${get} })`)}`,
    'make',
    options,
  );

const collate = (samples: readonly number[]) => ({ values: tensor1d([...samples]) });
const numberLoader = async (
  get: string,
  options: Partial<DataLoaderOptions<number, { values: Tensor1D }>> = {},
  given = {},
) =>
  new DataLoader(await numbers(get, given), {
    batchSize: 3,
    workers: 2,
    collate,
    ...(options as object),
  });

async function valuesOf(from: DataLoader<number, { values: Tensor1D }>): Promise<number[][]> {
  const seen: number[][] = [];
  for await (const { values } of from) seen.push(Array.from(values.dataSync()));
  return seen;
}

const started = vi.hoisted(() => [] as Worker[]);
vi.mock('@loopwright/core/threads', async (importOriginal) => {
  const { startThread } = await importOriginal<typeof import('@loopwright/core/threads')>();
  return {
    startThread: (...args: Parameters<typeof startThread>) => {
      const worker = startThread(...args);
      started.push(worker);
      return worker;
    },
  };
});
/** A thread that has ended has the id -1. */
const runningThreads = () => started.filter(({ threadId }) => threadId !== -1).length;

describe('workers of a DataLoader', () => {
  it('change nothing: 0, 1, 2 and 3 give the same batches, bit for bit, in every epoch', async () => {
    await expectNoLeak(async () => {
      const expected = await digests(loader(), 3);
      expect(new Set(expected).size).toBe(18);
      for (const workers of [1, 2, 3]) expect(await digests(loader({ workers }), 3)).toEqual(expected);
      expect(await digests(loader({ workers: 2, prefetch: 1 }), 3)).toEqual(expected);
      expect(await digests(loader({ workers: 1, prefetch: 20 }), 3)).toEqual(expected);
    });
  });

  it('normalise as the thread that trains does', async () => {
    const normalize = transforms.statistics.imagenet;
    const expected = await digests(loader({ normalize }));
    expect(await digests(loader({ normalize, workers: 2 }))).toEqual(expected);
    expect(expected).not.toEqual(await digests(loader()));
  });

  it('leave a batch alone once it is handed out, however long a copy of it lives', async () => {
    await expectNoLeak(async () => {
      const kept: { images: Tensor; digest: string }[] = [];
      for await (const { images } of loader({ workers: 2, prefetch: 1, batchSize: 2 })) {
        kept.push({ images: images.clone(), digest: digest(images) });
      }
      expect(new Set(kept.map(({ digest }) => digest)).size).toBe(12);
      for (const { images, digest: before } of kept) expect(digest(images)).toBe(before);
      for (const { images } of kept) images.dispose();
    });
  });

  it('do not copy a data set that lies in memory', () => {
    const dataset = images();
    const first = dataset.spec.options.arrays as { pixels: Uint8Array };
    expect(first.pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect((dataset.spec.options.arrays as { pixels: Uint8Array }).pixels).toBe(first.pixels);
  });

  it('never load TensorFlow.js', async () => {
    const loaded = await numberLoader("() => Number('_tfengine' in globalThis)");
    expect(new Set((await valuesOf(loaded)).flat())).toEqual(new Set([0]));
    expect('_tfengine' in globalThis).toBe(true);
  });

  it('send samples of any kind, which are joined by collate in the thread that trains', async () => {
    const byWorkers = await numberLoader('(index, stream) => index + stream.uniform()', { shuffle: true });
    const here = await numberLoader('(index, stream) => index + stream.uniform()', {
      shuffle: true,
      workers: 0,
    });
    const values = await valuesOf(byWorkers);
    expect(values).toEqual(await valuesOf(here));
    expect(
      values
        .flat()
        .map(Math.floor)
        .sort((a, b) => a - b),
    ).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('go on in mid-epoch at the next batch, without reading those before it', async () => {
    const reads = new Uint8Array(new SharedArrayBuffer(12));
    const get = '(index, stream) => { options.reads[index]++; return index + stream.uniform(); }';
    const original = await numberLoader(get, { shuffle: true, seed: 3 }, { reads: reads.slice() });
    const seen: number[][] = [];
    let saved = original.stateDict();
    for await (const { values } of original) {
      seen.push(Array.from(values.dataSync()));
      if (seen.length === 2) saved = original.stateDict();
    }
    const resumed = await numberLoader(get, { workers: 1, batchSize: 5 }, { reads });
    resumed.loadStateDict(saved);
    expect(await valuesOf(resumed)).toEqual(seen.slice(2));
    const read = Array.from(reads.keys()).filter((index) => reads[index] !== 0);
    expect(read).toEqual(
      seen
        .slice(2)
        .flat()
        .map(Math.floor)
        .sort((a, b) => a - b),
    );
    expect(await valuesOf(resumed)).toEqual(await valuesOf(original));
  });

  it('tell which sample could not be read, when its turn comes', async () => {
    for (const workers of [0, 1, 2, 3]) {
      const get = "(index) => { if (index >= 7) throw new TypeError('record is damaged'); return index; }";
      const broken = await numberLoader(get, { workers });
      const seen: number[][] = [];
      const read = async () => {
        for await (const { values } of broken) seen.push(Array.from(values.dataSync()));
      };
      await expectNoLeak(() =>
        expect(read()).rejects.toThrow(
          '[loopwright/data] DataLoader: sample 7 could not be read: record is damaged',
        ),
      );
      expect(seen).toEqual([
        [0, 1, 2],
        [3, 4, 5],
      ]);
    }
  });

  it('tell that they have died, and at which sample', async () => {
    const dying = await numberLoader('(index) => { if (index === 7) process.exit(3); return index; }');
    await expect(valuesOf(dying)).rejects.toThrow(
      '[loopwright/data] DataLoader: a worker ended with exit code 3 while it read sample 7',
    );
    const failing = await numberLoader(
      "(index) => { if (index === 7) setImmediate(() => { throw new Error('later'); }); return index === 7 ? new Promise(() => {}) : index; }",
    );
    await expect(valuesOf(failing)).rejects.toThrow('a worker failed: later while it read sample 7');
  });

  it('refuse samples that cannot be sent', async () => {
    const unsendable = await numberLoader('(index) => () => index');
    await expect(valuesOf(unsendable)).rejects.toThrow('samples cannot be sent to the thread that trains');
  });

  it('are gone when the loop ends, is left, throws, or the loader is disposed', async () => {
    expect(runningThreads()).toBe(0);
    const subject = loader({ workers: 2 });
    await expectNoLeak(async () => {
      for await (const _ of subject) expect(memory().numTensors).toBeGreaterThan(0);
      expect(runningThreads()).toBe(0);
      for await (const _ of subject) break;
      expect(runningThreads()).toBe(0);
      const failing = async () => {
        for await (const _ of subject) throw new Error('in the body');
      };
      await expect(failing()).rejects.toThrow('in the body');
      expect(runningThreads()).toBe(0);

      const byHand = subject[Symbol.asyncIterator]();
      await byHand.next();
      expect(runningThreads()).toBe(2);
      await subject.dispose();
      expect(runningThreads()).toBe(0);
      await expect(byHand.next()).rejects.toThrow('was disposed before its loop had ended');
    });
  });

  it('refuse what exists in one thread only, saying what to do', () => {
    const mapped = mapDataset(new ArrayDataset([1]), (value) => value + 1);
    expect(() => new DataLoader(mapped, { batchSize: 1, workers: 1, collate })).toThrow(
      /exists in one thread only: export a factory from a module and use datasetFromModule, or set workers: 0/,
    );
    const plain = images(4, { transform: ((image: unknown) => image) as never });
    expect(() => new DataLoader(plain, { batchSize: 1, workers: 1 })).toThrow('use transforms.fromModule');
    class Derived extends ImageArrayDataset {
      override get(index: number) {
        return super.get(index);
      }
    }
    const derived = new Derived({
      pixels: new Uint8Array(1),
      labels: new Uint8Array(1),
      height: 1,
      width: 1,
      channels: 1,
      classNames: ['a'],
    });
    expect(() => new DataLoader(derived, { batchSize: 1, workers: 1 })).toThrow('get of a derived class');
  });

  it('refuse a data set that cannot be sent', async () => {
    const functions = new ArrayDataset([() => 1]);
    const subject = new DataLoader(functions, { batchSize: 1, workers: 1, collate: () => collate([1]) });
    await expect(subject[Symbol.asyncIterator]().next()).rejects.toThrow(
      /DataLoader: the data set cannot be sent to workers: .* could not be cloned\.; use datasetFromModule, or set workers: 0/,
    );
  });

  it('read images of other sizes into slots that grow, and refuse them in one batch', async () => {
    const source = `export const make = ({ side }) => ({
      length: 6,
      get: (index) => {
        const size = side === 'mixed' ? index + 1 : (index >> 1) + 1;
        return { image: { data: new Uint8Array(size * size).fill(index), height: size, width: size, channels: 1 }, label: index };
      },
    })`;
    const url = `data:text/javascript,${encodeURIComponent(source)}`;
    const make = async (side: string) =>
      new DataLoader<never, ImageBatch>(await datasetFromModule(url, 'make', { side }), {
        batchSize: 2,
        workers: 1,
        prefetch: 1,
      });
    const shapes: number[][] = [];
    for await (const { images } of await make('pairs')) shapes.push(images.shape);
    expect(shapes).toEqual([
      [2, 1, 1, 1],
      [2, 2, 2, 1],
      [2, 3, 3, 1],
    ]);
    await expect(digests((await make('mixed')) as unknown as DataLoader)).rejects.toThrow(
      'images must have one size, got 1×1×1 and 2×2×1',
    );
  });
});
