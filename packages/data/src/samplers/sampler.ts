/**
 * In which order an epoch visits the samples. A sampler has no state: an order is a function of the loader's seed, or the
 * sampler's own where it has one, and of the epoch, so any epoch can be resumed at any place.
 */
export interface Sampler {
  /** Indices an epoch. */
  readonly length: number;
  order(seed: number, epoch: number): ArrayLike<number>;
}

/** A sampler of whole batches, which may differ in size. */
export interface BatchOrder {
  /** Batches an epoch. */
  readonly length: number;
  batches(seed: number, epoch: number): readonly ArrayLike<number>[];
}

/** What a sampler has to know about a data set. */
export interface Sized {
  readonly length: number;
}
