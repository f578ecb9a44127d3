import type { Schedule } from '@loopwright/core';

/**
 * How one parameter group's rate moves from step to step. `current` is the rate as it was left, by this scheduler or
 * by another one of the same optimizer: that is what makes schedulers chain.
 */
export interface Motion {
  /** The rate of step 0 for a scheduler that has just been made. */
  start(current: number): number;
  /** The rate of `step`, which is at least 1. */
  next(step: number, current: number): number;
  /** The rate of step 0 for a scheduler whose turn has come in a sequence. */
  restart(current: number): number;
}

/**
 * Sets the rate whatever it was: the rate of step k is `schedule(k)`.
 *
 * @example
 * absolute((step) => 0.1 / (1 + step)).next(1, 0.7); // 0.05
 */
export function absolute(schedule: Schedule): Motion {
  return {
    start: () => schedule(0),
    next: (step) => schedule(step),
    restart: () => schedule(0),
  };
}

/**
 * Scales what is left between the rate and a floor, so that others may scale it too. Alone it follows
 * `floor + (baseLr - floor) * factor(k)`; every step multiplies the distance to the floor by `factor(k) / factor(k - 1)`.
 * A factor that rises again from 0 has nothing to scale, and adds its share of `baseLr - floor` instead.
 *
 * @param factor the schedule with a base rate of 1 and a floor of 0
 * @example
 * relative((step) => 0.5 ** step, 0.1).next(1, 0.7); // 0.35
 */
export function relative(factor: Schedule, baseLr: number, floor = 0): Motion {
  return {
    start: (current) => floor + (current - floor) * factor(0),
    next(step, current) {
      const before = factor(step - 1);
      const now = factor(step);
      return before === 0 ? current + (baseLr - floor) * now : floor + (current - floor) * (now / before);
    },
    restart: () => floor + (baseLr - floor) * factor(0),
  };
}
