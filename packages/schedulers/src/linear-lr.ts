import type { Checker, Schedule } from '@loopwright/core';
import { relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface LinearLROptions {
  /** What the rate is multiplied by at step 0, in (0, 1]; a third by default. */
  readonly startFactor?: number;
  /** What the rate is multiplied by from step `totalIters` on, in [0, 1]; 1 by default. */
  readonly endFactor?: number;
  /** Steps from the one to the other; 5 by default. */
  readonly totalIters?: number;
}

/**
 * A straight line, for warming up:
 * `baseLr * (startFactor + (endFactor - startFactor) * min(k, totalIters) / totalIters)`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(linear({ baseLr: 1, startFactor: 0.5, totalIters: 2 }), 4); // [0.5, 0.75, 1, 1]
 */
export function linear(options: BaseLr & LinearLROptions = {}): Schedule {
  const { check, baseLr, rest } = splitBaseLr('linear', options);
  const { startFactor, endFactor, totalIters } = readLinearLR(check, rest);
  return (step) => {
    const progress = Math.min(step, totalIters) / totalIters;
    return baseLr * (startFactor * (1 - progress) + endFactor * progress);
  };
}

/**
 * Moves each group's rate in a straight line from `startFactor` to `endFactor` times its initial rate.
 *
 * Follows PyTorch's `LinearLR`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 500 });
 */
export class LinearLR extends ScheduleLR<LinearLROptions, Required<LinearLROptions>> {
  constructor(optimizer: SchedulableOptimizer, options: LinearLROptions = {}) {
    super(optimizer, options, {
      name: 'LinearLR',
      read: readLinearLR,
      motion: (config, { baseLr }) => relative(linear(config), baseLr),
    });
  }
}

function readLinearLR(check: Checker, options: LinearLROptions): Required<LinearLROptions> {
  const {
    startFactor = 1 / 3,
    endFactor = 1,
    totalIters = 5,
  } = check.options(options, ['startFactor', 'endFactor', 'totalIters']);
  return {
    startFactor: check.number('startFactor', startFactor, { above: 0, max: 1 }),
    endFactor: check.number('endFactor', endFactor, { min: 0, max: 1 }),
    totalIters: check.positiveInteger('totalIters', totalIters),
  };
}
