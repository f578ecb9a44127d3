import { checker, RandomStream } from '@loopwright/core';
import type { Sampler, Sized } from './sampler.ts';

/** Options of {@link RandomSampler}. */
export interface RandomSamplerOptions {
  /** Draw each sample from all of them, so that one may come twice. Default false. */
  readonly replacement?: boolean;
  /** How many to draw an epoch; by default as many as there are. More than that, without replacement, are several rounds. */
  readonly numSamples?: number;
  /** By default the loader's. */
  readonly seed?: number;
}

/**
 * Samples at random, in another order each epoch.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const sampler = new RandomSampler(dataset, { numSamples: 4 });
 * const loader = new DataLoader(dataset, { batchSize: 2, sampler });
 * loader.length; // 2
 */
export class RandomSampler implements Sampler {
  readonly length: number;
  private readonly population: number;
  private readonly replacement: boolean;
  private readonly seed: number | undefined;

  constructor(dataset: Sized, options: RandomSamplerOptions = {}) {
    const check = checker('data', 'RandomSampler');
    const {
      replacement = false,
      numSamples = dataset.length,
      seed,
    } = check.options(options, ['replacement', 'numSamples', 'seed']);
    this.population = check.positiveInteger('dataset.length', dataset.length);
    this.length = check.positiveInteger('numSamples', numSamples);
    this.replacement = check.boolean('replacement', replacement);
    this.seed = seed === undefined ? undefined : check.integer('seed', seed);
  }

  order(seed: number, epoch: number): Uint32Array {
    const { length, population } = this;
    const stream = new RandomStream(this.seed ?? seed, 'order', epoch);
    if (this.replacement) return Uint32Array.from({ length }, () => stream.integer(population));
    const order = new Uint32Array(length);
    for (let start = 0; start < length; start += population) {
      order.set(stream.permutation(population).subarray(0, length - start), start);
    }
    return order;
  }
}
