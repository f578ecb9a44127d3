import { type Checker, show } from '@loopwright/core';
import type { RunningStatistic } from './running-statistics.ts';

/**
 * Where a statistic starts when its smoothing factor is measured: so large that beside it the batch's own value is
 * lost in rounding, and a power of two, so that nothing else is.
 */
export const probeStart = 2 ** 64;

/** Float32 rounding of `(1 − α) · start + α · value`, relative to `start`: a few units in the last place of 1. */
const rounding = 2 ** -22;

/**
 * The α of a running statistic `r ← (1 − α) · r + α · value`, from what one training forward made of
 * {@link probeStart}. Where the momentum is known, α is `1 − momentum` and the measurement only confirms it; else it
 * is the shortest decimal fraction that the measurement allows, since somebody typed it.
 *
 * @param reached the statistic after the forward, a value a channel
 * @throws LoopwrightError if the forward did not move the statistic, or not in this way
 */
export function smoothingFactor(
  check: Checker,
  { name, momentum }: RunningStatistic,
  reached: ArrayLike<number>,
): number {
  const kept = Array.from(reached, (value) => value / probeStart);
  const [low, high] = [Math.min(...kept), Math.max(...kept)];
  const measured = 1 - (low + high) / 2;
  if (low === 1 && high === 1) {
    check.fail(
      `forward left ${show(name)} as it was: it must run the model in training mode, with a momentum below 1`,
    );
  }
  if (!(high - low <= rounding && low > -rounding && high < 1)) {
    check.fail(`forward does not move ${show(name)} as r = (1 - a) * r + a * value with one a from 0 to 1`);
  }
  if (momentum === undefined) return Math.fround(shortestDecimal(measured));
  if (Math.abs(measured - (1 - momentum)) > rounding) {
    check.fail(
      `momentum of ${show(name)} is ${momentum}, but forward moves it as with ${shortestDecimal(1 - measured)}; is its layer applied more than once?`,
    );
  }
  return Math.fround(1 - momentum);
}

function shortestDecimal(value: number): number {
  for (let digits = 1; digits <= 8; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.abs(rounded - value) <= rounding) return rounded;
  }
  return value;
}
