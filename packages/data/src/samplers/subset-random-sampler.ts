import { checker, RandomStream } from '@loopwright/core';
import type { Sampler } from './sampler.ts';

/**
 * The given samples in random order, another each epoch.
 *
 * @param options `seed`: by default the loader's
 * @throws LoopwrightError if an index is no integer from 0 on
 * @example
 * const sampler = new SubsetRandomSampler([2, 3, 5, 7], { seed: 1 });
 * Array.from(sampler.order(0, epoch)).sort(); // [2, 3, 5, 7]
 */
export class SubsetRandomSampler implements Sampler {
  readonly indices: readonly number[];
  private readonly seed: number | undefined;

  constructor(indices: Iterable<number>, options: { readonly seed?: number } = {}) {
    const check = checker('data', 'SubsetRandomSampler');
    const { seed } = check.options(options, ['seed']);
    this.indices = Array.from(indices, (index) => check.integer('index', index, { min: 0 }));
    this.seed = seed === undefined ? undefined : check.integer('seed', seed);
  }

  get length(): number {
    return this.indices.length;
  }

  order(seed: number, epoch: number): number[] {
    const order = new RandomStream(this.seed ?? seed, 'order', epoch).permutation(this.length);
    return Array.from(order, (place) => this.indices[place] as number);
  }
}
