import type { Checker, Schedule } from '@loopwright/core';
import { relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface CosineAnnealingLROptions {
  /** Steps from the highest rate to the lowest. */
  readonly tMax: number;
  /** The lowest rate; 0 by default. */
  readonly etaMin?: number;
}

/**
 * Half a cosine wave: `etaMin + (baseLr - etaMin) * (1 + cos(π k / tMax)) / 2`. Past `tMax` it rises again, with a
 * period of `2 tMax`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(cosineAnnealing({ baseLr: 1, tMax: 2 }), 5); // [1, 0.5, 0, 0.5, 1]
 */
export function cosineAnnealing(options: BaseLr & CosineAnnealingLROptions): Schedule {
  const { check, baseLr, rest } = splitBaseLr('cosineAnnealing', options);
  const { tMax, etaMin } = readCosineAnnealingLR(check, rest);
  return (step) => etaMin + ((baseLr - etaMin) * (1 + Math.cos((Math.PI * step) / tMax))) / 2;
}

/**
 * Anneals each group's rate to `etaMin` along a cosine, without restarts.
 *
 * Follows PyTorch's `CosineAnnealingLR` in its chained form: what is annealed is the distance to `etaMin` from the rate
 * that other schedulers left. The paper is Loshchilov and Hutter, "SGDR" (2017).
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new CosineAnnealingLR(optimizer, { tMax: 90, etaMin: 1e-5 });
 */
export class CosineAnnealingLR extends ScheduleLR<
  CosineAnnealingLROptions,
  Required<CosineAnnealingLROptions>
> {
  constructor(optimizer: SchedulableOptimizer, options: CosineAnnealingLROptions) {
    super(optimizer, options, {
      name: 'CosineAnnealingLR',
      read: readCosineAnnealingLR,
      motion: ({ tMax, etaMin }, { baseLr }) => relative(cosineAnnealing({ tMax }), baseLr, etaMin),
    });
  }
}

function readCosineAnnealingLR(
  check: Checker,
  options: CosineAnnealingLROptions,
): Required<CosineAnnealingLROptions> {
  const { tMax, etaMin = 0 } = check.options(options, ['tMax', 'etaMin']);
  return {
    tMax: check.positiveInteger('tMax', tMax),
    etaMin: check.number('etaMin', etaMin, { min: 0 }),
  };
}
