import { checker, RandomStream, reasonOf } from '@loopwright/core';
import type { Dataset } from '../dataset.ts';
import { SkipSample } from '../datasets/skip-sample.ts';

/** How many samples of a batch are read at a time: enough for the threads that decode, few enough to stay in the cache. */
const LANES = 8;

/** A sample that was left out of its batch, and why. */
export interface SkippedSample {
  readonly index: number;
  readonly reason: string;
}

/** The samples of a batch, in order, without those that were skipped. */
export interface SampleBatch<T> {
  readonly samples: readonly T[];
  readonly skipped: readonly SkippedSample[];
}

/** Where in training a batch is read. */
export interface ReadOptions {
  readonly seed: number;
  readonly epoch: number;
  /** Told about each sample when it is begun, and when it is there. */
  readonly onSample?: (position: number, event: 'begun' | 'done') => void;
}

/**
 * Reads the samples of a batch. What is random about each comes from a stream of its own, derived from (seed, epoch,
 * index).
 *
 * @throws LoopwrightError naming the first sample that could not be read
 */
export async function readSamples<T>(
  dataset: Dataset<T>,
  indices: ArrayLike<number>,
  { seed, epoch, onSample }: ReadOptions,
): Promise<SampleBatch<T>> {
  const outcomes: Outcome<T>[] = new Array(indices.length);
  let next = 0;
  let failed = false;
  const readNext = (position: number): T | Promise<T> => {
    const index = indices[position] as number;
    onSample?.(position, 'begun');
    return dataset.get(index, new RandomStream(seed, 'sample', epoch, index), { epoch, index });
  };
  const lane = async (): Promise<void> => {
    while (next < indices.length && !failed) {
      const position = next++;
      try {
        const sample = readNext(position);
        outcomes[position] = { sample: sample instanceof Promise ? await sample : sample };
      } catch (error) {
        outcomes[position] = { error };
        failed ||= !(error instanceof SkipSample);
      }
      onSample?.(position, 'done');
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return sortOutcomes(indices, outcomes);
}

type Outcome<T> = { readonly sample: T } | { readonly error: unknown };

function sortOutcomes<T>(indices: ArrayLike<number>, outcomes: readonly Outcome<T>[]): SampleBatch<T> {
  const samples: T[] = [];
  const skipped: SkippedSample[] = [];
  outcomes.forEach((outcome, position) => {
    const index = indices[position] as number;
    if ('sample' in outcome) samples.push(outcome.sample);
    else if (outcome.error instanceof SkipSample) skipped.push({ index, reason: outcome.error.reason });
    else {
      const { error: cause } = outcome;
      checker('data', 'DataLoader').fail(`sample ${index} could not be read: ${reasonOf(cause)}`, { cause });
    }
  });
  return { samples, skipped };
}
