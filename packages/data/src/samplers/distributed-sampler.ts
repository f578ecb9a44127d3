import { checker } from '@loopwright/core';
import { RandomSampler } from './random-sampler.ts';
import type { Sampler, Sized } from './sampler.ts';
import { SequentialSampler } from './sequential-sampler.ts';

/** Options of {@link DistributedSampler}. */
export interface DistributedSamplerOptions {
  /** How many processes share the data set. */
  readonly numReplicas: number;
  /** Which of them this is, from 0. */
  readonly rank: number;
  /** Default true. */
  readonly shuffle?: boolean;
  /** The same for all ranks; by default the loader's. */
  readonly seed?: number;
  /** Leave out what does not divide by the ranks; otherwise the first samples come again at the end. Default false. */
  readonly dropLast?: boolean;
}

/**
 * One process's share of each epoch, as PyTorch's: all ranks draw the same order, and rank r takes every n-th index from
 * the r-th on. All shares have the same length.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const share = { numReplicas: 2, shuffle: false };
 * Array.from(new DistributedSampler({ length: 5 }, { ...share, rank: 0 }).order(seed, epoch)); // [0, 2, 4]
 * Array.from(new DistributedSampler({ length: 5 }, { ...share, rank: 1 }).order(seed, epoch)); // [1, 3, 0]
 */
export class DistributedSampler implements Sampler {
  readonly length: number;
  private readonly all: Sampler;
  private readonly numReplicas: number;
  private readonly rank: number;

  constructor(dataset: Sized, options: DistributedSamplerOptions) {
    const check = checker('data', 'DistributedSampler');
    const {
      numReplicas,
      rank,
      shuffle = true,
      seed,
      dropLast = false,
    } = check.options(options, ['numReplicas', 'rank', 'shuffle', 'seed', 'dropLast']);
    check.positiveInteger('dataset.length', dataset.length);
    this.numReplicas = check.positiveInteger('numReplicas', numReplicas);
    this.rank = check.integer('rank', rank, { min: 0, max: numReplicas - 1 });
    const seeded = seed === undefined ? {} : { seed: check.integer('seed', seed) };
    this.all = check.boolean('shuffle', shuffle)
      ? new RandomSampler(dataset, seeded)
      : new SequentialSampler(dataset);
    const share = dataset.length / numReplicas;
    this.length = check.boolean('dropLast', dropLast) ? Math.floor(share) : Math.ceil(share);
    if (this.length === 0)
      check.fail(`${dataset.length} samples are too few for ${numReplicas} ranks with dropLast`);
  }

  order(seed: number, epoch: number): Uint32Array {
    const order = this.all.order(seed, epoch);
    return Uint32Array.from(
      { length: this.length },
      (_, turn) => order[(turn * this.numReplicas + this.rank) % order.length] as number,
    );
  }
}
