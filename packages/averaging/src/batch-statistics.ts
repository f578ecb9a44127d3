import { type Checker, show } from '@loopwright/core';
import { fill, tidy } from '@tensorflow/tfjs-core';
import { isPromiseLike } from './promise.ts';
import type { RunningStatistic } from './running-statistics.ts';
import { probeStart, smoothingFactor } from './smoothing-factor.ts';

/** Runs a model in training mode on a batch; see `updateBatchNorm`. */
export type TrainingForward<B> = (batch: B) => unknown;

/**
 * Returns the function that computes the statistics of a batch, in the order of `statistics`: it lets the forward move
 * them from 0, where they hold `α · value` afterwards, and divides by α, which the first batch tells.
 *
 * It leaves the variables of the statistics at any value.
 */
export function batchStatistics<B>(
  check: Checker,
  statistics: readonly RunningStatistic[],
  forward: TrainingForward<B>,
): (batch: B) => Promise<Float64Array[]> {
  const moveFrom = async (start: number, batch: B) => {
    tidy(() => {
      for (const { variable } of statistics) variable.assign(fill(variable.shape, start));
      if (isPromiseLike(forward(batch)))
        check.fail('forward must be synchronous, got one that returns a promise');
    });
    return Promise.all(statistics.map(({ variable }) => variable.data() as Promise<Float32Array>));
  };
  let factors: readonly number[] | undefined;

  return async (batch) => {
    const moved = await moveFrom(0, batch);
    for (const [index, { name }] of statistics.entries()) requireFinite(check, name, moved[index]);
    if (factors === undefined) {
      const reached = await moveFrom(probeStart, batch);
      factors = statistics.map((statistic, index) => smoothingFactor(check, statistic, reached[index] ?? []));
    }
    const alphas = factors;
    return moved.map((values, index) =>
      Float64Array.from(values, (value) => value / (alphas[index] as number)),
    );
  };
}

function requireFinite(check: Checker, name: string, values: Float32Array | undefined): void {
  const wrong = values?.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) check.fail(`${show(name)} becomes ${wrong}; are the inputs and weights finite?`);
}
