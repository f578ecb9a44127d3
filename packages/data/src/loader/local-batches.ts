import type { Dataset } from '../dataset.ts';
import type { BatchSource, BatchSourceOptions } from './batch-source.ts';
import { readSamples, type SampleBatch } from './read-samples.ts';

/**
 * Batches read by the thread that trains. Where samples come as promises (files, decoders with threads of their own),
 * the next batches are read during the step; of other data sets nothing is gained by that, and each batch is read when it
 * is asked for.
 */
export class LocalBatches<T, B> implements BatchSource<B> {
  private readonly dataset: Dataset<T>;
  private readonly options: BatchSourceOptions;
  private readonly collate: (samples: readonly T[]) => B;
  private readonly ahead: Promise<SampleBatch<T>>[] = [];
  private begun = 0;
  private isAsync = false;

  constructor(dataset: Dataset<T>, options: BatchSourceOptions, collate: (samples: readonly T[]) => B) {
    this.dataset = observed(dataset, () => {
      this.isAsync = true;
    });
    this.options = options;
    this.collate = collate;
  }

  async next() {
    if (this.ahead.length === 0) this.begin();
    const { samples, skipped } = await (this.ahead.shift() as Promise<SampleBatch<T>>);
    const { prefetch, batches } = this.options;
    while (this.isAsync && this.ahead.length < prefetch && this.begun < batches.length) this.begin();
    return { batch: samples.length === 0 ? undefined : this.collate(samples), skipped };
  }

  async close(): Promise<void> {
    this.begun = this.options.batches.length;
    await Promise.allSettled(this.ahead.splice(0));
  }

  private begin(): void {
    const { batches, seed, epoch } = this.options;
    const indices = batches[this.begun++] as ArrayLike<number>;
    const batch = readSamples(this.dataset, indices, { seed, epoch });
    batch.catch(() => {}); // thrown when its turn comes
    this.ahead.push(batch);
  }
}

/** The same data set; tells of a sample that comes as a promise. */
function observed<T>(dataset: Dataset<T>, onPromise: () => void): Dataset<T> {
  return {
    length: dataset.length,
    get(index, stream, place) {
      const sample = dataset.get(index, stream, place);
      if (sample instanceof Promise) onPromise();
      return sample;
    },
  };
}
