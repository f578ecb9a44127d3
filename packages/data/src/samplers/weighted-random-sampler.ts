import { checker, RandomStream } from '@loopwright/core';
import type { Sampler } from './sampler.ts';

/** Options of {@link WeightedRandomSampler}. */
export interface WeightedRandomSamplerOptions {
  /** How many to draw an epoch. */
  readonly numSamples: number;
  /** Whether a sample may come twice. Default true. */
  readonly replacement?: boolean;
  /** By default the loader's. */
  readonly seed?: number;
}

/**
 * Samples drawn with probabilities in proportion to their weights.
 *
 * Without replacement the draws are one after another from those that are left, made at once by sorting −log(u) / weight
 * (Efraimidis and Spirakis 2006).
 *
 * @param weights one a sample, at least 0; they need not sum to 1
 * @throws LoopwrightError for bad weights or options, by name, and if fewer have a weight above 0 than are to be drawn
 * without replacement
 * @example
 * const counts = [9, 3]; // of each class
 * const weights = Array.from(dataset.labels, (label) => 1 / (counts[label] ?? 1));
 * const balanced = new WeightedRandomSampler(weights, { numSamples: dataset.length });
 */
export class WeightedRandomSampler implements Sampler {
  readonly length: number;
  private readonly weights: Float64Array;
  private readonly replacement: boolean;
  private readonly seed: number | undefined;

  constructor(weights: ArrayLike<number>, options: WeightedRandomSamplerOptions) {
    const check = checker('data', 'WeightedRandomSampler');
    const {
      numSamples,
      replacement = true,
      seed,
    } = check.options(options, ['numSamples', 'replacement', 'seed']);
    this.weights = Float64Array.from(weights, (weight) => check.number('weight', weight, { min: 0 }));
    this.length = check.positiveInteger('numSamples', numSamples);
    this.replacement = check.boolean('replacement', replacement);
    this.seed = seed === undefined ? undefined : check.integer('seed', seed);
    const drawable = this.weights.filter((weight) => weight > 0).length;
    if (drawable === 0) check.fail('weights must not all be 0');
    if (!replacement && drawable < numSamples) {
      check.fail(`numSamples is ${numSamples}, but only ${drawable} samples have a weight above 0`);
    }
  }

  order(seed: number, epoch: number): Uint32Array {
    const stream = new RandomStream(this.seed ?? seed, 'order', epoch);
    return this.replacement ? this.independent(stream) : this.withoutReplacement(stream);
  }

  private independent(stream: RandomStream): Uint32Array {
    let total = 0;
    const ends = this.weights.map((weight) => {
      total += weight;
      return total;
    });
    return Uint32Array.from({ length: this.length }, () => firstAbove(ends, stream.uniform(0, total)));
  }

  private withoutReplacement(stream: RandomStream): Uint32Array {
    const arrivals = this.weights.map((weight) => -Math.log(1 - stream.uniform()) / weight);
    const order = Uint32Array.from(arrivals, (_, index) => index).filter((index) => this.weights[index]! > 0);
    return order.sort((a, b) => arrivals[a]! - arrivals[b]!).subarray(0, this.length);
  }
}

/** The first place whose value is above `bound`, in ascending values of which the last one is. */
function firstAbove(values: Float64Array, bound: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
