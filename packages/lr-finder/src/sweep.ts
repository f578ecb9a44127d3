import type { Schedule } from '@loopwright/core';

/** How the rate gets from the first to the last: by equal factors, or by equal steps. */
export type SweepMode = 'exponential' | 'linear';

/** The rates that a range test tries. */
export interface Sweep {
  readonly startLr: number;
  readonly endLr: number;
  /** How many rates, both ends included; at least 2. */
  readonly steps: number;
  readonly mode: SweepMode;
}

/**
 * The rate of each step of a range test:
 *
 *     exponential   start · (end / start)^(step / (steps − 1))
 *     linear        start + (end − start) · step / (steps − 1)
 */
export function sweepSchedule({ startLr, endLr, steps, mode }: Sweep): Schedule {
  return (step) => {
    const progress = step / (steps - 1);
    if (progress === 1) return endLr;
    return mode === 'linear'
      ? startLr + (endLr - startLr) * progress
      : startLr * (endLr / startLr) ** progress;
  };
}
