import { checker, RandomStream, type StateDict, type Stateful, turnEventLoop } from '@loopwright/core';
import { dispose, gather, type Tensor1D, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { normalize as normalizeImages } from '../batch-transforms/normalize.ts';
import type { Dataset, ImageSample } from '../dataset.ts';
import type { BatchOrder } from '../samplers/sampler.ts';
import type { SamplePlace } from '../transforms/image-transform.ts';
import { checkStatistics } from '../transforms/pixel-converter.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import { batchOrder } from './batch-order.ts';
import { type ImageBatch, toTensors } from './collate-images.ts';
import { LoaderState } from './loader-state.ts';
import { packImages } from './pack-images.ts';
import { readSamples } from './read-samples.ts';

/** What the augmentation of a batch may draw from. */
export interface BatchRandomness {
  /** The batch's own, derived from (seed, epoch, batch). */
  readonly stream: RandomStream;
  /** Epoch and index of each image. */
  readonly places: () => readonly SamplePlace[];
}

/** Options of {@link InMemoryLoader}. */
export interface InMemoryLoaderOptions {
  readonly batchSize: number;
  /** A new order each epoch, derived from (seed, epoch). Default false. */
  readonly shuffle?: boolean;
  /** Leave out the last batch of an epoch if it is not full. Default false. */
  readonly dropLast?: boolean;
  /** Of the order and of the augmentation. Default 0. */
  readonly seed?: number;
  /** Changes the images of a batch, from 0 to 1, by tensor operations, in a tidy. */
  readonly augment?: (images: Tensor4D, randomness: BatchRandomness) => Tensor4D;
  /** Statistics by which images are normalised, after they are augmented. */
  readonly normalize?: ChannelStatistics;
}

const check = checker('data', 'InMemoryLoader');
const OPTIONS = ['batchSize', 'shuffle', 'dropLast', 'seed', 'augment', 'normalize'] as const;

/**
 * Batches of a small data set that lies in memory as one tensor, four bytes a value (CIFAR-10's training images are
 * 614 MB): a batch is gathered and augmented by tensor operations, and no image is touched by JavaScript.
 *
 * It is iterated, resumed and owns its batches as {@link DataLoader}. The data set is read when it is first iterated,
 * with streams of epoch 0, so a data set that augments gives the same images in every epoch: augment here instead.
 *
 * @throws LoopwrightError for bad options, by name; in the loop, if images differ in size or cannot be read
 * @example
 * const { randomCrop, randomHorizontalFlip } = batchTransforms;
 * const loader = new InMemoryLoader(dataset, {
 *   batchSize: 4,
 *   shuffle: true,
 *   seed: 1,
 *   augment: (images, { stream }) => randomCrop(randomHorizontalFlip(images, { stream }), { stream, padding: 1 }),
 * });
 * for await (const { images, labels } of loader) images.shape; // [4, 4, 4, 3]
 * loader.dispose();
 */
export class InMemoryLoader implements AsyncIterable<ImageBatch>, Stateful {
  readonly dataset: Dataset<ImageSample>;
  private readonly state: LoaderState;
  private readonly augment: InMemoryLoaderOptions['augment'];
  private readonly normalize: ChannelStatistics | undefined;
  private all: ImageBatch | undefined;

  constructor(dataset: Dataset<ImageSample>, options: InMemoryLoaderOptions) {
    const {
      batchSize,
      shuffle = false,
      dropLast = false,
      seed = 0,
      augment,
      normalize,
    } = check.options(options, OPTIONS);
    this.dataset = dataset;
    check.positiveInteger('dataset.length', dataset.length);
    this.state = new LoaderState(check, {
      batchSize: check.positiveInteger('batchSize', batchSize),
      shuffle: check.boolean('shuffle', shuffle),
      dropLast: check.boolean('dropLast', dropLast),
      seed: check.integer('seed', seed),
    });
    this.augment = augment && check.func('augment', augment);
    this.normalize = normalize && checkStatistics(normalize);
  }

  /** Batches an epoch. */
  get length(): number {
    return this.batches.length;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ImageBatch, void, undefined> {
    const { state } = this;
    const loop = state.begin();
    const { epoch } = loop;
    const batches = this.batches.batches(state.configuration.seed, epoch);
    let batch: ImageBatch | undefined;
    try {
      if (this.all === undefined) await this.read();
      while (loop.position < batches.length) {
        const all = this.all ?? check.fail('was disposed before its loop had ended');
        batch = this.batch(all, epoch, loop.position, batches[loop.position] as ArrayLike<number>);
        loop.position++;
        yield batch;
        dispose([batch.images, batch.labels]);
        await turnEventLoop();
      }
    } finally {
      if (batch !== undefined) dispose([batch.images, batch.labels]);
      state.end(loop);
    }
  }

  /** Frees the data set's tensors; the next loop reads them again. */
  dispose(): void {
    if (this.all !== undefined) dispose([this.all.images, this.all.labels]);
    this.all = undefined;
  }

  stateDict(): StateDict {
    return this.state.stateDict();
  }

  loadStateDict(state: StateDict): void {
    this.state.loadStateDict(state);
  }

  private get batches(): BatchOrder {
    return batchOrder(this.dataset, this.state.configuration);
  }

  /** Makes the data set's tensors, unless another loop has made them meanwhile. */
  private async read(): Promise<void> {
    const indices = Array.from({ length: this.dataset.length }, (_, index) => index);
    const { samples, skipped } = await readSamples(this.dataset, indices, {
      seed: this.state.configuration.seed,
      epoch: 0,
    });
    if (skipped[0] !== undefined) check.fail(`sample ${skipped[0].index} is missing: ${skipped[0].reason}`);
    this.all ??= toTensors(packImages(samples));
  }

  private batch(all: ImageBatch, epoch: number, position: number, indices: ArrayLike<number>): ImageBatch {
    const stream = new RandomStream(this.state.configuration.seed, 'batch', epoch, position);
    const places = () => Array.from(indices, (index) => ({ epoch, index }));
    return tidy(() => {
      const rows = tensor1d(Int32Array.from(indices), 'int32');
      const gathered: Tensor4D = gather(all.images, rows);
      const augmented = this.augment?.(gathered, { stream, places }) ?? gathered;
      const images = this.normalize === undefined ? augmented : normalizeImages(augmented, this.normalize);
      return { images, labels: gather(all.labels, rows) as Tensor1D };
    });
  }
}
