import type { Checker, Schedule } from '@loopwright/core';
import { relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface ConstantLROptions {
  /** What the rate is multiplied by until `totalIters`, in (0, 1]; a third by default. */
  readonly factor?: number;
  /** The step from which the rate is whole; 5 by default. */
  readonly totalIters?: number;
}

/**
 * A reduced rate for the first steps: `baseLr * factor` before step `totalIters`, and `baseLr` from there on.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(constantFactor({ baseLr: 1, factor: 0.5, totalIters: 2 }), 4); // [0.5, 0.5, 1, 1]
 */
export function constantFactor(options: BaseLr & ConstantLROptions = {}): Schedule {
  const { check, baseLr, rest } = splitBaseLr('constantFactor', options);
  const { factor, totalIters } = readConstantLR(check, rest);
  return (step) => (step < totalIters ? baseLr * factor : baseLr);
}

/**
 * Multiplies each group's rate by `factor` until step `totalIters`.
 *
 * Follows PyTorch's `ConstantLR`, which fails at `totalIters` for a factor of 0; here that is refused at once.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new ConstantLR(optimizer, { factor: 0.5, totalIters: 4 });
 */
export class ConstantLR extends ScheduleLR<ConstantLROptions, Required<ConstantLROptions>> {
  constructor(optimizer: SchedulableOptimizer, options: ConstantLROptions = {}) {
    super(optimizer, options, {
      name: 'ConstantLR',
      read: readConstantLR,
      motion: (config, { baseLr }) => relative(constantFactor(config), baseLr),
    });
  }
}

function readConstantLR(check: Checker, options: ConstantLROptions): Required<ConstantLROptions> {
  const { factor = 1 / 3, totalIters = 5 } = check.options(options, ['factor', 'totalIters']);
  return {
    factor: check.number('factor', factor, { above: 0, max: 1 }),
    totalIters: check.positiveInteger('totalIters', totalIters),
  };
}
