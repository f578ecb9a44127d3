import type { Checker, Schedule } from '@loopwright/core';
import { type Motion, relative } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, perGroup, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface SWALROptions {
  /** The rate that is reached and kept, or one a parameter group. */
  readonly swaLr: number | readonly number[];
  /** Steps until it is reached, 10 by default; 0 sets it at once. */
  readonly annealEpochs?: number;
  /** The way there; a cosine by default. */
  readonly annealStrategy?: 'cos' | 'linear';
}

interface SWAConfig {
  readonly swaLr: readonly number[];
  readonly annealEpochs: number;
  readonly annealStrategy: 'cos' | 'linear';
}

/**
 * From one rate to another, which is then kept: `swaLr + (baseLr - swaLr) * (1 - a(min(1, k / annealEpochs)))` with
 * `a(t) = (1 - cos(π t)) / 2`, or `a(t) = t` where the strategy is linear.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(swaAnnealing({ baseLr: 1, swaLr: 0.5, annealEpochs: 2, annealStrategy: 'linear' }), 4); // [1, 0.75, 0.5, 0.5]
 */
export function swaAnnealing(options: BaseLr & SWALROptions & { readonly swaLr: number }): Schedule {
  const { check, baseLr, rest } = splitBaseLr('swaAnnealing', options);
  const config = readSWALR(check, rest, 1);
  const swaLr = config.swaLr[0] as number;
  const remaining = remainingDistance(config);
  return (step) => swaLr + (baseLr - swaLr) * remaining(step);
}

/**
 * Anneals each group's rate from what it is to a fixed one for the averaging of weights, and keeps that.
 * It takes the rate over when it is stepped, not before: make it at any time, and call its `step()` in place of the
 * other scheduler's once averaging begins. (With `annealEpochs: 0` it sets `swaLr` as soon as it is made.)
 *
 * Follows PyTorch's `torch.optim.swa_utils.SWALR`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new CosineAnnealingLR(optimizer, { tMax: 100 });
 * const swaScheduler = new SWALR(optimizer, { swaLr: 0.05, annealEpochs: 5 });
 * for (let epoch = 0; epoch < 100; epoch++) {
 *   // … train an epoch …
 *   if (epoch >= 75) swaScheduler.step();
 *   else scheduler.step();
 * }
 */
export class SWALR extends ScheduleLR<SWALROptions, SWAConfig> {
  constructor(optimizer: SchedulableOptimizer, options: SWALROptions) {
    super(optimizer, options, {
      name: 'SWALR',
      read: readSWALR,
      motion: (config, { index, baseLr }) =>
        approaching(config.swaLr[index] as number, remainingDistance(config), baseLr),
    });
  }
}

/** The distance to the final rate that is left at a step, as a part of the whole. */
function remainingDistance({ annealEpochs, annealStrategy }: SWAConfig): Schedule {
  return (step) => {
    const t = annealEpochs === 0 ? 1 : Math.min(1, step / annealEpochs);
    return annealStrategy === 'linear' ? 1 - t : (1 + Math.cos(Math.PI * t)) / 2;
  };
}

/** Scales the distance to `target` from wherever the rate is, and stays on `target` once it is there. */
function approaching(target: number, remaining: Schedule, baseLr: number): Motion {
  const motion = relative(remaining, baseLr, target);
  return {
    start: motion.start,
    next: (step, current) => (remaining(step) === 0 ? target : motion.next(step, current)),
    restart: motion.start,
  };
}

function readSWALR(check: Checker, options: SWALROptions, groupCount: number): SWAConfig {
  const known = ['swaLr', 'annealEpochs', 'annealStrategy'] as const;
  const { swaLr, annealEpochs = 10, annealStrategy = 'cos' } = check.options(options, known);
  return {
    swaLr: perGroup(check, 'swaLr', swaLr, groupCount, { above: 0 }),
    annealEpochs: check.integer('annealEpochs', annealEpochs, { min: 0 }),
    annealStrategy: check.oneOf('annealStrategy', annealStrategy, ['cos', 'linear']),
  };
}
