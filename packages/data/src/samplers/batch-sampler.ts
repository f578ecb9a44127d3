import { checker } from '@loopwright/core';
import type { BatchOrder, Sampler } from './sampler.ts';

/** Options of {@link BatchSampler}. */
export interface BatchSamplerOptions {
  readonly batchSize: number;
  /** Leave out the last batch if it is not full. Default false. */
  readonly dropLast?: boolean;
}

/**
 * Cuts the order of a sampler into batches.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const batches = new BatchSampler(new SequentialSampler({ length: 5 }), { batchSize: 2 });
 * batches.batches(seed, epoch).map((batch) => [...batch]); // [[0, 1], [2, 3], [4]]
 */
export class BatchSampler implements BatchOrder {
  readonly length: number;
  private readonly sampler: Sampler;
  private readonly batchSize: number;

  constructor(sampler: Sampler, options: BatchSamplerOptions) {
    const check = checker('data', 'BatchSampler');
    const { batchSize, dropLast = false } = check.options(options, ['batchSize', 'dropLast']);
    const batches = sampler.length / check.positiveInteger('batchSize', batchSize);
    this.length = check.boolean('dropLast', dropLast) ? Math.floor(batches) : Math.ceil(batches);
    this.sampler = sampler;
    this.batchSize = batchSize;
  }

  batches(seed: number, epoch: number): number[][] {
    const { batchSize, length } = this;
    const order = Array.from(this.sampler.order(seed, epoch));
    return Array.from({ length }, (_, batch) => order.slice(batch * batchSize, (batch + 1) * batchSize));
  }
}
