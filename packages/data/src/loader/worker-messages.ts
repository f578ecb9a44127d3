import type { DatasetSpec } from '../dataset.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import type { SkippedSample } from './read-samples.ts';

/** What a worker is started with. */
export interface WorkerSetup {
  readonly dataset: DatasetSpec;
  readonly seed: number;
  readonly epoch: number;
  /** How samples come back: as images in shared memory, or as they are. */
  readonly images: false | { readonly normalize: ChannelStatistics | undefined };
}

/** A batch to read. */
export interface Task {
  /** Its place in the epoch. */
  readonly batch: number;
  readonly indices: readonly number[];
  /** A byte a sample, in shared memory: whether it is begun or done. It outlives the worker. */
  readonly states: Uint8Array;
  /** Shared memory to write to; without it, or if it is too small, the worker makes new. */
  readonly slot: SharedArrayBuffer | undefined;
}

export const SampleState = { waiting: 0, begun: 1, done: 2 } as const;

/** What a worker made of a task. */
export type Reply = ImagesReply | SamplesReply | FailureReply;

export interface ImagesReply {
  readonly kind: 'images';
  readonly batch: number;
  readonly slot: SharedArrayBuffer;
  /** NHWC; pixels are at the start of the slot, labels behind them. */
  readonly shape: readonly [number, number, number, number];
  readonly skipped: readonly SkippedSample[];
}

export interface SamplesReply {
  readonly kind: 'samples';
  readonly batch: number;
  readonly samples: readonly unknown[];
  readonly skipped: readonly SkippedSample[];
}

export interface FailureReply {
  readonly kind: 'failure';
  readonly batch: number;
  readonly error: Error;
}
