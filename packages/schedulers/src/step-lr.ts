import type { Checker, Schedule } from '@loopwright/core';
import { relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface StepLROptions {
  /** Steps between two decays. */
  readonly stepSize: number;
  /** The factor of each decay; 0.1 by default. */
  readonly gamma?: number;
}

/**
 * Decay by a factor every so many steps: `baseLr * gamma ^ floor(k / stepSize)`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(stepDecay({ baseLr: 1, stepSize: 2, gamma: 0.5 }), 5); // [1, 1, 0.5, 0.5, 0.25]
 */
export function stepDecay(options: BaseLr & StepLROptions): Schedule {
  const { check, baseLr, rest } = splitBaseLr('stepDecay', options);
  const { stepSize, gamma } = readStepLR(check, rest);
  return (step) => baseLr * gamma ** Math.floor(step / stepSize);
}

/**
 * Multiplies each group's rate by `gamma` every `stepSize` steps.
 *
 * Follows PyTorch's `StepLR`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new StepLR(optimizer, { stepSize: 30, gamma: 0.1 });
 */
export class StepLR extends ScheduleLR<StepLROptions, Required<StepLROptions>> {
  constructor(optimizer: SchedulableOptimizer, options: StepLROptions) {
    super(optimizer, options, {
      name: 'StepLR',
      read: readStepLR,
      motion: (config, { baseLr }) => relative(stepDecay(config), baseLr),
    });
  }
}

function readStepLR(check: Checker, options: StepLROptions): Required<StepLROptions> {
  const { stepSize, gamma = 0.1 } = check.options(options, ['stepSize', 'gamma']);
  return {
    stepSize: check.positiveInteger('stepSize', stepSize),
    gamma: check.number('gamma', gamma, { above: 0 }),
  };
}
