import type { SkippedSample } from './read-samples.ts';

/** What is left of an epoch, batch by batch. */
export interface BatchSource<B> {
  /**
   * The next batch; the receiver owns it.
   *
   * @returns no batch if all of its samples were skipped
   */
  next(): Promise<{ readonly batch: B | undefined; readonly skipped: readonly SkippedSample[] }>;
  /** Ends what goes on in the background. */
  close(): Promise<void>;
}

/** What a source is made of. */
export interface BatchSourceOptions {
  readonly seed: number;
  readonly epoch: number;
  /** The indices of each batch that is left. */
  readonly batches: readonly ArrayLike<number>[];
  /** How many batches are prepared ahead. */
  readonly prefetch: number;
}
