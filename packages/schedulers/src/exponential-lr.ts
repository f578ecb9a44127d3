import type { Checker, Schedule } from '@loopwright/core';
import { relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface ExponentialLROptions {
  /** The factor of each step. */
  readonly gamma: number;
}

/**
 * Decay by a factor at every step: `baseLr * gamma ^ k`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(exponentialDecay({ baseLr: 1, gamma: 0.5 }), 4); // [1, 0.5, 0.25, 0.125]
 */
export function exponentialDecay(options: BaseLr & ExponentialLROptions): Schedule {
  const { check, baseLr, rest } = splitBaseLr('exponentialDecay', options);
  const { gamma } = readExponentialLR(check, rest);
  return (step) => baseLr * gamma ** step;
}

/**
 * Multiplies each group's rate by `gamma` at every step.
 *
 * Follows PyTorch's `ExponentialLR`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new ExponentialLR(optimizer, { gamma: 0.9 });
 */
export class ExponentialLR extends ScheduleLR<ExponentialLROptions, ExponentialLROptions> {
  constructor(optimizer: SchedulableOptimizer, options: ExponentialLROptions) {
    super(optimizer, options, {
      name: 'ExponentialLR',
      read: readExponentialLR,
      motion: (config, { baseLr }) => relative(exponentialDecay(config), baseLr),
    });
  }
}

function readExponentialLR(check: Checker, options: ExponentialLROptions): ExponentialLROptions {
  const { gamma } = check.options(options, ['gamma']);
  return { gamma: check.number('gamma', gamma, { above: 0 }) };
}
