import type { Checker, Schedule } from '@loopwright/core';
import { relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface PolynomialLROptions {
  /** The step at which the rate reaches 0; 5 by default. */
  readonly totalIters?: number;
  /** 1, the default, is a straight line. */
  readonly power?: number;
}

/**
 * Decay to 0 along a polynomial: `baseLr * (1 - min(k, totalIters) / totalIters) ^ power`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(polynomialDecay({ baseLr: 1, totalIters: 2, power: 2 }), 4); // [1, 0.25, 0, 0]
 */
export function polynomialDecay(options: BaseLr & PolynomialLROptions = {}): Schedule {
  const { check, baseLr, rest } = splitBaseLr('polynomialDecay', options);
  const { totalIters, power } = readPolynomialLR(check, rest);
  return (step) => baseLr * (1 - Math.min(step, totalIters) / totalIters) ** power;
}

/**
 * Lets each group's rate fall to 0 at step `totalIters` along a polynomial.
 *
 * Follows PyTorch's `PolynomialLR`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new PolynomialLR(optimizer, { totalIters: 100, power: 0.9 });
 */
export class PolynomialLR extends ScheduleLR<PolynomialLROptions, Required<PolynomialLROptions>> {
  constructor(optimizer: SchedulableOptimizer, options: PolynomialLROptions = {}) {
    super(optimizer, options, {
      name: 'PolynomialLR',
      read: readPolynomialLR,
      motion: (config, { baseLr }) => relative(polynomialDecay(config), baseLr),
    });
  }
}

function readPolynomialLR(check: Checker, options: PolynomialLROptions): Required<PolynomialLROptions> {
  const { totalIters = 5, power = 1 } = check.options(options, ['totalIters', 'power']);
  return {
    totalIters: check.positiveInteger('totalIters', totalIters),
    power: check.number('power', power, { min: 0 }),
  };
}
