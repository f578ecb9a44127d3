import type { Sampler, Sized } from './sampler.ts';

/**
 * All samples in their own order.
 *
 * @example
 * new SequentialSampler({ length: 3 }).order(); // [0, 1, 2]
 */
export class SequentialSampler implements Sampler {
  readonly length: number;

  constructor(dataset: Sized) {
    this.length = dataset.length;
  }

  order(): Uint32Array {
    return Uint32Array.from({ length: this.length }, (_, index) => index);
  }
}
