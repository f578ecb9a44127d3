import type { Schedule } from '@loopwright/core';
import { readLambda } from './lambda-lr.ts';
import type { Motion } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

/** The factor of each step as a function of the step, or one such function a parameter group. */
export interface MultiplicativeLROptions {
  readonly lrLambda: Schedule | readonly Schedule[];
}

/**
 * A rate multiplied at every step by a function of that step: `baseLr * lrLambda(1) * … * lrLambda(k)`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(multiplicative({ baseLr: 1, lrLambda: () => 0.5 }), 4); // [1, 0.5, 0.25, 0.125]
 */
export function multiplicative(options: BaseLr & { readonly lrLambda: Schedule }): Schedule {
  const { check, baseLr, rest } = splitBaseLr('multiplicative', options);
  const lrLambda = readLambda(check, rest, 1)[0] as Schedule;
  return (step) => {
    let rate = baseLr;
    for (let k = 1; k <= step; k++) rate *= lrLambda(k);
    return rate;
  };
}

/**
 * Multiplies each group's rate at every step by a function of that step: `lr(k) = lr(k - 1) * lrLambda(k)`.
 * The function is not saved: construct the scheduler with the same one before loading a state.
 *
 * Follows PyTorch's `MultiplicativeLR`. As there, one that takes over in a `SequentialLR` goes on from the rate it
 * finds, times `lrLambda(0)`.
 *
 * @throws LoopwrightError for a bad option, by name; in `step()` if the function returns no finite number
 * @example
 * const scheduler = new MultiplicativeLR(optimizer, { lrLambda: () => 0.95 });
 */
export class MultiplicativeLR extends ScheduleLR<MultiplicativeLROptions, { lrLambda: readonly Schedule[] }> {
  constructor(optimizer: SchedulableOptimizer, options: MultiplicativeLROptions) {
    super(optimizer, options, {
      name: 'MultiplicativeLR',
      read: (check, given, groupCount) => ({ lrLambda: readLambda(check, given, groupCount) }),
      functions: ['lrLambda'],
      motion: ({ lrLambda }, { index }) => multiplyingBy(lrLambda[index] as Schedule),
    });
  }
}

function multiplyingBy(lrLambda: Schedule): Motion {
  return {
    start: (current) => current,
    next: (step, current) => current * lrLambda(step),
    restart: (current) => current * lrLambda(0),
  };
}
