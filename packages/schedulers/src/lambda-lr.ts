import type { Checker, Schedule } from '@loopwright/core';
import { absolute } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, functionPerGroup, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

/** A factor as a function of the step, or one such function a parameter group. */
export interface LambdaLROptions {
  readonly lrLambda: Schedule | readonly Schedule[];
}

/**
 * A rate scaled by a function of the step: `baseLr * lrLambda(k)`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(lambdaSchedule({ baseLr: 0.1, lrLambda: (step) => 1 / (1 + step) }), 3); // [0.1, 0.05, 0.0333…]
 */
export function lambdaSchedule(options: BaseLr & { readonly lrLambda: Schedule }): Schedule {
  const { check, baseLr, rest } = splitBaseLr('lambdaSchedule', options);
  const lrLambda = readLambda(check, rest, 1)[0] as Schedule;
  return (step) => baseLr * lrLambda(step);
}

/**
 * Sets each group's rate to its initial rate times a function of the step: `lr(k) = baseLr * lrLambda(k)`.
 * The function is not saved: construct the scheduler with the same one before loading a state.
 *
 * Follows PyTorch's `LambdaLR`.
 *
 * @throws LoopwrightError for a bad option, by name; in `step()` if the function returns no finite number
 * @example
 * const scheduler = new LambdaLR(optimizer, { lrLambda: (step) => 0.95 ** step });
 */
export class LambdaLR extends ScheduleLR<LambdaLROptions, { lrLambda: readonly Schedule[] }> {
  constructor(optimizer: SchedulableOptimizer, options: LambdaLROptions) {
    super(optimizer, options, {
      name: 'LambdaLR',
      read: (check, given, groupCount) => ({ lrLambda: readLambda(check, given, groupCount) }),
      functions: ['lrLambda'],
      motion: ({ lrLambda }, { index, baseLr }) =>
        absolute(lambdaSchedule({ baseLr, lrLambda: lrLambda[index] as Schedule })),
    });
  }
}

/** Reads `lrLambda`, the only option, as one function a group. */
export function readLambda(check: Checker, options: LambdaLROptions, groupCount: number): Schedule[] {
  const { lrLambda } = check.options(options, ['lrLambda']);
  return functionPerGroup(check, 'lrLambda', lrLambda, groupCount);
}
