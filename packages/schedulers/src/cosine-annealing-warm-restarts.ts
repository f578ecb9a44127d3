import type { Checker, Schedule } from '@loopwright/core';
import { absolute } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, splitBaseLr } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

export interface CosineAnnealingWarmRestartsOptions {
  /** Steps of the first cycle. */
  readonly t0: number;
  /** What the length of each cycle is multiplied by to give the next one's, an integer; 1 by default. */
  readonly tMult?: number;
  /** The lowest rate; 0 by default. */
  readonly etaMin?: number;
}

/**
 * Cosine annealing that starts again at the end of every cycle: `etaMin + (baseLr - etaMin) * (1 + cos(π c / T)) / 2`
 * for step `c` of a cycle of `T` steps; `T` is `t0` first and `tMult` times longer each time.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(cosineAnnealingWarmRestarts({ baseLr: 1, t0: 2 }), 5); // [1, 0.5, 1, 0.5, 1]
 */
export function cosineAnnealingWarmRestarts(options: BaseLr & CosineAnnealingWarmRestartsOptions): Schedule {
  const { check, baseLr, rest } = splitBaseLr('cosineAnnealingWarmRestarts', options);
  const { t0, tMult, etaMin } = readWarmRestarts(check, rest);
  return (step) => {
    const { position, length } = findCycle(step, t0, tMult);
    return etaMin + ((baseLr - etaMin) * (1 + Math.cos((Math.PI * position) / length))) / 2;
  };
}

/**
 * Anneals each group's rate to `etaMin` along a cosine and starts again from the initial rate, in ever longer cycles.
 *
 * Follows PyTorch's `CosineAnnealingWarmRestarts` with whole steps. The paper is Loshchilov and Hutter, "SGDR" (2017).
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const scheduler = new CosineAnnealingWarmRestarts(optimizer, { t0: 10, tMult: 2 });
 */
export class CosineAnnealingWarmRestarts extends ScheduleLR<
  CosineAnnealingWarmRestartsOptions,
  Required<CosineAnnealingWarmRestartsOptions>
> {
  constructor(optimizer: SchedulableOptimizer, options: CosineAnnealingWarmRestartsOptions) {
    super(optimizer, options, {
      name: 'CosineAnnealingWarmRestarts',
      read: readWarmRestarts,
      motion: (config, { baseLr }) => absolute(cosineAnnealingWarmRestarts({ ...config, baseLr })),
    });
  }
}

/** The cycle that a step is in: the step's position in it, and its length. */
function findCycle(step: number, t0: number, tMult: number): { position: number; length: number } {
  if (tMult === 1) return { position: step % t0, length: t0 };
  let position = step;
  let length = t0;
  while (position >= length) {
    position -= length;
    length *= tMult;
  }
  return { position, length };
}

function readWarmRestarts(
  check: Checker,
  options: CosineAnnealingWarmRestartsOptions,
): Required<CosineAnnealingWarmRestartsOptions> {
  const { t0, tMult = 1, etaMin = 0 } = check.options(options, ['t0', 'tMult', 'etaMin']);
  return {
    t0: check.positiveInteger('t0', t0),
    tMult: check.positiveInteger('tMult', tMult),
    etaMin: check.number('etaMin', etaMin, { min: 0 }),
  };
}
