import type { Checker, Schedule } from '@loopwright/core';
import { relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, type RunLength, readTotalSteps, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

/** The run's length is `totalSteps`, or `epochs` times `stepsPerEpoch`. */
export interface FlatCosLROptions extends RunLength {
  /** The part of the run before the annealing, in [0, 1]; 0.75 by default. */
  readonly pctStart?: number;
  /** What the initial rate is divided by to give the last one; 1e5 by default. */
  readonly divFinal?: number;
}

interface FlatCosConfig {
  readonly totalSteps: number;
  readonly pctStart: number;
  readonly divFinal: number;
}

/**
 * A flat rate, then half a cosine: `baseLr` while `p = k / totalSteps` is below `pctStart`, then
 * `end + (baseLr - end) * (1 + cos(π (p - pctStart) / (1 - pctStart))) / 2` with `end = baseLr / divFinal`, which it keeps
 * after the last step.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(flatCos({ baseLr: 1, totalSteps: 8, pctStart: 0.5 }), 9); // [1, 1, 1, 1, 1, 0.85…, 0.50…, 0.14…, 1e-5]
 */
export function flatCos(options: BaseLr & FlatCosLROptions): Schedule {
  const { check, baseLr, rest } = splitBaseLr('flatCos', options);
  const { totalSteps, pctStart, divFinal } = readFlatCosLR(check, rest);
  const end = baseLr / divFinal;
  return (step) => {
    const done = step / totalSteps;
    if (done >= 1) return end;
    if (done < pctStart) return baseLr;
    const annealed = (done - pctStart) / (1 - pctStart);
    return end + ((baseLr - end) * (1 + Math.cos(Math.PI * annealed))) / 2;
  };
}

/**
 * Keeps each group's rate flat for the first part of the run and then anneals it along a cosine.
 *
 * Follows fastai's `fit_flat_cos`, its defaults too (so the last rate is a hundred-thousandth of the first, not 0).
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new FlatCosLR(optimizer, { totalSteps: epochs * batches.length });
 */
export class FlatCosLR extends ScheduleLR<FlatCosLROptions, FlatCosConfig> {
  constructor(optimizer: SchedulableOptimizer, options: FlatCosLROptions) {
    super(optimizer, options, {
      name: 'FlatCosLR',
      read: readFlatCosLR,
      motion: (config, { baseLr }) => relative(flatCos(config), baseLr),
    });
  }
}

function readFlatCosLR(check: Checker, options: FlatCosLROptions): FlatCosConfig {
  const known = ['totalSteps', 'epochs', 'stepsPerEpoch', 'pctStart', 'divFinal'] as const;
  const { pctStart = 0.75, divFinal = 1e5, ...length } = check.options(options, known);
  return {
    totalSteps: readTotalSteps(check, length),
    pctStart: check.number('pctStart', pctStart, { min: 0, max: 1 }),
    divFinal: check.number('divFinal', divFinal, { above: 0 }),
  };
}
