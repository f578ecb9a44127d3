import type { Checker } from '@loopwright/core';
import { show } from '@loopwright/core';

/**
 * How models are averaged.
 *
 * - `'swa'`: the mean of all models seen, each with the same weight (stochastic weight averaging).
 * - `{ ema: decay }`: the exponential moving average, `average = decay · average + (1 − decay) · model`. With `warmUp`
 *   the decay of the n-th update is `min(decay, (1 + n) / (10 + n))`, so that the first models are soon forgotten.
 */
export type AverageKind = 'swa' | { readonly ema: number; readonly warmUp?: boolean };

/**
 * The weight of the newest model once `seen` models are averaged: `average += (model − average) · weight`.
 *
 * The first model is copied, which is weight 1. The warm-up is that of TensorFlow's `ExponentialMovingAverage` with
 * `num_updates` counting the models seen.
 */
export function newestWeight(average: AverageKind, seen: number): number {
  if (seen === 0) return 1;
  if (average === 'swa') return 1 / (seen + 1);
  return 1 - (average.warmUp ? Math.min(average.ema, (1 + seen) / (10 + seen)) : average.ema);
}

/** Checks an {@link AverageKind} given by a user or read from a state. */
export function checkAverage(check: Checker, value: unknown): AverageKind {
  if (value === 'swa') return value;
  if (typeof value !== 'object' || value === null) {
    return check.fail(`average must be "swa" or { ema: decay }, got ${show(value)}`);
  }
  const { ema, warmUp = false } = check.options<{ ema?: unknown; warmUp?: unknown }>(value, [
    'ema',
    'warmUp',
  ]);
  return {
    ema: check.number('average.ema', ema, { min: 0, below: 1 }),
    warmUp: check.boolean('average.warmUp', warmUp),
  };
}
