import type { Checker, Schedule } from '@loopwright/core';
import { countReached, readMilestones } from './milestones.ts';
import { relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface MultiStepLROptions {
  /** The steps at which the rate decays, in any order; one listed twice decays it twice. */
  readonly milestones: readonly number[];
  /** The factor of each decay; 0.1 by default. */
  readonly gamma?: number;
}

/**
 * Decay by a factor at given steps: `baseLr * gamma ^ (milestones reached at k)`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(multiStepDecay({ baseLr: 1, milestones: [1, 3], gamma: 0.5 }), 5); // [1, 0.5, 0.5, 0.25, 0.25]
 */
export function multiStepDecay(options: BaseLr & MultiStepLROptions): Schedule {
  const { check, baseLr, rest } = splitBaseLr('multiStepDecay', options);
  const { milestones, gamma } = readMultiStepLR(check, rest);
  return (step) => baseLr * gamma ** countReached(milestones, step);
}

/**
 * Multiplies each group's rate by `gamma` at each milestone.
 *
 * Follows PyTorch's `MultiStepLR`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new MultiStepLR(optimizer, { milestones: [30, 80], gamma: 0.1 });
 */
export class MultiStepLR extends ScheduleLR<MultiStepLROptions, Required<MultiStepLROptions>> {
  constructor(optimizer: SchedulableOptimizer, options: MultiStepLROptions) {
    super(optimizer, options, {
      name: 'MultiStepLR',
      read: readMultiStepLR,
      motion: (config, { baseLr }) => relative(multiStepDecay(config), baseLr),
    });
  }
}

function readMultiStepLR(check: Checker, options: MultiStepLROptions): Required<MultiStepLROptions> {
  const { milestones, gamma = 0.1 } = check.options(options, ['milestones', 'gamma']);
  return {
    milestones: readMilestones(check, milestones),
    gamma: check.number('gamma', gamma, { above: 0 }),
  };
}
