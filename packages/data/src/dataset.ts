import type { RandomStream } from '@loopwright/core';
import type { SamplePlace } from './transforms/image-transform.ts';

/**
 * Samples by index. Whatever is random about a sample (its augmentation) is drawn from the stream it is given, which
 * is derived from (seed, epoch, index): so a sample does not depend on who asks for it, or in which order.
 */
export interface Dataset<T> {
  readonly length: number;
  /**
   * @param place epoch and index, for what depends on them without chance; a loader passes it
   */
  get(index: number, stream: RandomStream, place?: SamplePlace): T | Promise<T>;
}

/** A data set that knows the class of each of its samples without reading them. */
export interface LabelledDataset<T> extends Dataset<T> {
  /** A class index a sample. */
  readonly labels: ArrayLike<number>;
}

/** A data set described by a name and plain data, from which another thread rebuilds it. */
export interface DatasetSpec {
  readonly name: string;
  /** What a worker's messages carry; memory in it that is shared is not copied. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** A {@link Dataset} that can be sent to a worker. */
export interface DescribedDataset<T> extends Dataset<T> {
  readonly spec: DatasetSpec;
}

/** An image in memory: rows of pixels of interleaved channels (HWC), one byte each. */
export interface Image {
  readonly data: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** A labelled image; `label` is the index of its class. */
export interface ImageSample {
  readonly image: Image;
  readonly label: number;
}
