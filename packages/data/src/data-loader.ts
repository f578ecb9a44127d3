import { checker, checkState, RandomStream, type StateDict, type Stateful } from '@loopwright/core';
import { dispose, type TensorContainerObject } from '@tensorflow/tfjs-core';
import { collateImages, type ImageBatch } from './collate.ts';
import type { Dataset, ImageSample } from './dataset.ts';

/** Options of {@link DataLoader}. */
export interface DataLoaderOptions<T, B> {
  /** Samples in a batch. */
  readonly batchSize: number;
  /** A new order each epoch, derived from (seed, epoch). Default false. */
  readonly shuffle?: boolean;
  /** Leave out the last batch of an epoch if it is not full. Default false. */
  readonly dropLast?: boolean;
  /** Of the order and of the samples' own randomness. Default 0. */
  readonly seed?: number;
  /** Joins samples into a batch of tensors; by default {@link collateImages}. */
  readonly collate?: (samples: readonly T[]) => B;
}

const check = checker('data', 'DataLoader');
const OPTIONS = ['batchSize', 'shuffle', 'dropLast', 'seed', 'collate'] as const;

/**
 * Batches of a data set, an epoch each time it is iterated.
 *
 * The order depends only on (seed, epoch), a sample's randomness only on (seed, epoch, index). The loader owns the
 * batches: each is disposed when the next one is asked for, or when the loop ends; `clone()` what must live longer.
 *
 * Its state is its configuration, the epoch and the number of batches handed out. A loader that was loaded in mid-epoch
 * goes on at the next batch, without reading the samples before it. A loop that is left by `break` ends the epoch.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const train = new DataLoader(dataset, { batchSize: 4, shuffle: true, seed: 1 });
 * for await (const { images, labels } of train) {
 *   const loss = optimizer.minimize(() => crossEntropy(forward(images), labels));
 *   loss.dispose();
 * }
 */
export class DataLoader<T = ImageSample, B extends object = ImageBatch>
  implements AsyncIterable<B>, Stateful
{
  readonly dataset: Dataset<T>;
  private readonly collate: (samples: readonly T[]) => B;
  private batchSize: number;
  private shuffle: boolean;
  private dropLast: boolean;
  private seed: number;
  private epoch = 0;
  /** Batches of this epoch that were handed out. */
  private position = 0;

  constructor(dataset: Dataset<T>, options: DataLoaderOptions<T, B>) {
    const {
      batchSize,
      shuffle = false,
      dropLast = false,
      seed = 0,
      collate,
    } = check.options(options, OPTIONS);
    this.dataset = dataset;
    this.batchSize = check.positiveInteger('batchSize', batchSize);
    this.shuffle = check.boolean('shuffle', shuffle);
    this.dropLast = check.boolean('dropLast', dropLast);
    this.seed = check.integer('seed', seed);
    this.collate = check.func(
      'collate',
      collate ?? (collateImages as unknown as (samples: readonly T[]) => B),
    );
    check.positiveInteger('dataset.length', dataset.length);
  }

  /** Batches an epoch. */
  get length(): number {
    const batches = this.dataset.length / this.batchSize;
    return this.dropLast ? Math.floor(batches) : Math.ceil(batches);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<B, void, undefined> {
    const { epoch } = this;
    const order = this.order(epoch);
    let batch: B | undefined;
    try {
      for (let index = this.position; index < this.length; index++) {
        const samples = await this.samples(
          epoch,
          order.slice(index * this.batchSize, (index + 1) * this.batchSize),
        );
        batch = this.collate(samples);
        // Counted before it is handed out: a state saved in the loop's body must not repeat this batch.
        this.position = index + 1;
        yield batch;
        dispose(batch as TensorContainerObject);
      }
    } finally {
      if (batch !== undefined) dispose(batch as TensorContainerObject);
      this.epoch = epoch + 1;
      this.position = 0;
    }
  }

  stateDict(): StateDict {
    const { seed, epoch, position, batchSize, shuffle, dropLast } = this;
    return { version: 1, seed, epoch, position, batchSize, shuffle, dropLast };
  }

  loadStateDict(state: StateDict): void {
    const fields = ['seed', 'epoch', 'position', 'batchSize', 'shuffle', 'dropLast'] as const;
    const { seed, epoch, position, batchSize, shuffle, dropLast } = checkState(check, state, 1, fields);
    const checked = {
      seed: check.integer('state.seed', seed),
      epoch: check.integer('state.epoch', epoch, { min: 0 }),
      position: check.integer('state.position', position, { min: 0 }),
      batchSize: check.positiveInteger('state.batchSize', batchSize),
      shuffle: check.boolean('state.shuffle', shuffle),
      dropLast: check.boolean('state.dropLast', dropLast),
    };
    Object.assign(this, checked);
  }

  private order(epoch: number): readonly number[] {
    const { length } = this.dataset;
    if (!this.shuffle) return Array.from({ length }, (_, index) => index);
    return Array.from(new RandomStream(this.seed, 'order', epoch).permutation(length));
  }

  private async samples(epoch: number, indices: readonly number[]): Promise<T[]> {
    const read = indices.map((index) =>
      this.dataset.get(index, new RandomStream(this.seed, 'sample', epoch, index)),
    );
    return read.some((sample) => sample instanceof Promise) ? Promise.all(read) : (read as T[]);
  }
}
