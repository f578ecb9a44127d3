import { checker, type StateDict, type Stateful, show, turnEventLoop } from '@loopwright/core';
import { dispose, type TensorContainerObject } from '@tensorflow/tfjs-core';
import type { Dataset, ImageSample } from '../dataset.ts';
import { specOf } from '../datasets/spec-of.ts';
import type { BatchOrder, Sampler } from '../samplers/sampler.ts';
import { checkStatistics } from '../transforms/pixel-converter.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import { batchOrder, type Samplers } from './batch-order.ts';
import type { BatchSource } from './batch-source.ts';
import { collateImages, type ImageBatch, toTensors } from './collate-images.ts';
import { LoaderState } from './loader-state.ts';
import { LocalBatches } from './local-batches.ts';
import type { SkippedSample } from './read-samples.ts';
import { type Assemble, WorkerBatches } from './worker-batches.ts';

/** Options of {@link DataLoader}. */
export type DataLoaderOptions<T, B> = CommonOptions<T, B> &
  (Batching | { readonly batchSampler: BatchOrder });

interface Batching {
  /** Samples in a batch. */
  readonly batchSize: number;
}

interface CommonOptions<T, B> {
  /** A new order each epoch, derived from (seed, epoch). Default false. */
  readonly shuffle?: boolean;
  /** Leave out the last batch of an epoch if it is not full. Default false. */
  readonly dropLast?: boolean;
  /** Of the order and of the samples' own randomness. Default 0. */
  readonly seed?: number;
  /** Which samples an epoch has and in which order, instead of `shuffle`. */
  readonly sampler?: Sampler;
  /** The batches of an epoch, instead of `batchSize`, `shuffle`, `dropLast` and `sampler`. */
  readonly batchSampler?: BatchOrder;
  /** Threads that read samples. 0, the default, reads them in this one. */
  readonly workers?: number;
  /** Batches prepared ahead: two a worker by default; without workers one, if samples come as promises. */
  readonly prefetch?: number;
  /** Statistics by which images are normalised. Without, they are from 0 to 1. Not with `collate`. */
  readonly normalize?: ChannelStatistics;
  /** Joins samples into a batch of tensors, in this thread; by default {@link collateImages}, which workers prepare. */
  readonly collate?: (samples: readonly T[]) => B;
}

const check = checker('data', 'DataLoader');
const OPTIONS = [
  'batchSize',
  'shuffle',
  'dropLast',
  'seed',
  'sampler',
  'batchSampler',
  'workers',
  'prefetch',
  'normalize',
  'collate',
] as const;

/**
 * Batches of a data set, an epoch each time it is iterated.
 *
 * The order depends only on (seed, epoch), a sample's randomness only on (seed, epoch, index), neither on the number of
 * workers. The loader owns the batches: each is disposed when the next one is asked for, or when the loop ends;
 * `clone()` what must live longer. Its threads live as long as the loop, however that ends.
 *
 * Its state is its configuration, the epoch and the number of batches handed out. A loader that was loaded in mid-epoch
 * goes on at the next batch, without reading the samples before it. A loop that is left, by `break` or by an error, ends
 * the epoch, so a state of the middle of it is taken inside the loop. A loop that begins while another has not ended gives
 * the same batches as that one; the state is that of the one begun last.
 *
 * @throws LoopwrightError for bad options, by name; in the loop, naming the sample that could not be read
 * @example
 * const train = new DataLoader(dataset, { batchSize: 4, shuffle: true, workers: 1, seed: 1 });
 * for await (const { images, labels } of train) {
 *   const loss = optimizer.minimize(() => crossEntropy(forward(images), labels));
 *   loss.dispose();
 * }
 */
export class DataLoader<T = ImageSample, B extends object = ImageBatch>
  implements AsyncIterable<B>, Stateful
{
  readonly dataset: Dataset<T>;
  private readonly state: LoaderState;
  private readonly samplers: Samplers;
  private readonly workers: number;
  private readonly prefetch: number;
  private readonly normalize: ChannelStatistics | undefined;
  private readonly collate: ((samples: readonly T[]) => B) | undefined;
  private readonly open = new Set<BatchSource<B>>();
  private readonly slots: SharedArrayBuffer[] = [];
  private readonly leftOut = new Map<number, SkippedSample>();

  constructor(dataset: Dataset<T>, options: DataLoaderOptions<T, B>) {
    const {
      batchSize,
      shuffle = false,
      dropLast = false,
      seed = 0,
      sampler,
      batchSampler,
      workers = 0,
      prefetch = workers === 0 ? 1 : 2 * workers,
      normalize,
      collate,
    } = check.options<CommonOptions<T, B> & Partial<Batching>>(options, OPTIONS);
    this.dataset = dataset;
    check.positiveInteger('dataset.length', dataset.length);
    if (batchSampler !== undefined) {
      refuseBeside('batchSampler', { batchSize, shuffle, dropLast, sampler });
      check.func('batchSampler.batches', batchSampler.batches);
    }
    if (sampler !== undefined) {
      refuseBeside('sampler', { shuffle });
      check.func('sampler.order', sampler.order);
    }
    if (collate !== undefined) refuseBeside('collate', { normalize });
    this.state = new LoaderState(check, {
      batchSize: batchSampler === undefined ? check.positiveInteger('batchSize', batchSize) : null,
      shuffle: check.boolean('shuffle', shuffle),
      dropLast: check.boolean('dropLast', dropLast),
      seed: check.integer('seed', seed),
    });
    this.samplers = { sampler, batchSampler };
    this.workers = check.integer('workers', workers, { min: 0 });
    this.prefetch = check.integer('prefetch', prefetch, { min: workers === 0 ? 0 : 1 });
    this.normalize = normalize && checkStatistics(normalize);
    this.collate = collate && check.func('collate', collate);
    if (workers > 0) specOf(check, dataset);
  }

  /** Batches an epoch. */
  get length(): number {
    return this.batches.length;
  }

  /** The samples that were left out of their batches so far, each once, in the order of their indices. */
  get skipped(): readonly SkippedSample[] {
    return [...this.leftOut.values()].sort((a, b) => a.index - b.index);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    const { state } = this;
    const loop = state.begin();
    const { epoch } = loop;
    const batches = this.batches.batches(state.configuration.seed, epoch).slice(loop.position);
    let batch: B | undefined;
    let source: BatchSource<B> | undefined;
    try {
      source = this.start(epoch, batches);
      for (const _ of batches) {
        if (!this.open.has(source)) check.fail('was disposed before its loop had ended');
        const next = await source.next();
        for (const sample of next.skipped) this.leftOut.set(sample.index, sample);
        // Counted before it is handed out: a state saved in the loop's body must not repeat this batch.
        loop.position++;
        batch = next.batch;
        if (batch === undefined) continue;
        yield batch;
        dispose(batch as TensorContainerObject);
        await turnEventLoop();
      }
    } finally {
      if (batch !== undefined) dispose(batch as TensorContainerObject);
      if (source !== undefined) await this.stop(source);
      state.end(loop);
    }
  }

  /** Ends the threads of loops that were begun by hand and not ended. The loader can be iterated again. */
  async dispose(): Promise<void> {
    await Promise.all([...this.open].map((source) => this.stop(source)));
  }

  stateDict(): StateDict {
    return this.state.stateDict();
  }

  loadStateDict(state: StateDict): void {
    this.state.loadStateDict(state);
  }

  private get batches(): BatchOrder {
    return batchOrder(this.dataset, this.state.configuration, this.samplers);
  }

  private start(epoch: number, batches: readonly ArrayLike<number>[]): BatchSource<B> {
    const { dataset, workers, prefetch, slots } = this;
    const options = { seed: this.state.configuration.seed, epoch, batches, prefetch };
    const source =
      workers === 0
        ? new LocalBatches(dataset, options, this.collateHere)
        : new WorkerBatches(specOf(check, dataset), { ...options, workers, slots }, this.assemble);
    this.open.add(source);
    return source;
  }

  private async stop(source: BatchSource<B>): Promise<void> {
    this.open.delete(source);
    await source.close();
  }

  private get collateHere(): (samples: readonly T[]) => B {
    const options = this.normalize === undefined ? {} : { normalize: this.normalize };
    const images = (samples: readonly T[]) => collateImages(samples as unknown as ImageSample[], options);
    return this.collate ?? (images as unknown as (samples: readonly T[]) => B);
  }

  private get assemble(): Assemble<B> {
    const { collate, normalize } = this;
    if (collate !== undefined)
      return { from: 'samples', collate: collate as (samples: readonly unknown[]) => B };
    return { from: 'images', normalize, collate: (images) => toTensors(images) as unknown as B };
  }
}

/** Refuses options that another one makes meaningless. */
function refuseBeside(name: string, others: Readonly<Record<string, unknown>>): void {
  for (const [other, value] of Object.entries(others)) {
    if (value !== undefined && value !== false)
      check.fail(`${other} does not go with ${name}, got ${show(value)}`);
  }
}
