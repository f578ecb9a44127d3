import { type Checker, checker, type Schedule } from '@loopwright/core';
import { absolute } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { perGroup, type RunLength, readTotalSteps } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

/** The run's length is `totalSteps`, or `epochs` times `stepsPerEpoch`. */
export interface OneCycleLROptions extends RunLength {
  /** The highest rate, or one a parameter group. */
  readonly maxLr: number | readonly number[];
  /** The part of the run in which the rate rises, in [0, 1]; 0.3 by default. */
  readonly pctStart?: number;
  /** The way from one rate to the next; a cosine by default. */
  readonly annealStrategy?: 'cos' | 'linear';
  /** Whether momentum (or beta1) moves against the rate; true by default. */
  readonly cycleMomentum?: boolean;
  /** The lowest momentum, or one a parameter group; 0.85 by default. */
  readonly baseMomentum?: number | readonly number[];
  /** The highest momentum, or one a parameter group; 0.95 by default. */
  readonly maxMomentum?: number | readonly number[];
  /** What `maxLr` is divided by to give the first rate; 25 by default. */
  readonly divFactor?: number;
  /** What the first rate is divided by to give the last; 1e4 by default. */
  readonly finalDivFactor?: number;
  /** Whether the rate falls as long as it rose and is annealed after that; false by default. */
  readonly threePhase?: boolean;
}

interface OneCycleConfig {
  readonly maxLr: readonly number[];
  readonly totalSteps: number;
  readonly pctStart: number;
  readonly annealStrategy: 'cos' | 'linear';
  readonly cycleMomentum: boolean;
  readonly baseMomentum: readonly number[];
  readonly maxMomentum: readonly number[];
  readonly divFactor: number;
  readonly finalDivFactor: number;
  readonly threePhase: boolean;
}

/**
 * One cycle: from `maxLr / divFactor` up to `maxLr` and down to `maxLr / divFactor / finalDivFactor`; in three phases
 * back to the first rate in between.
 *
 * @throws LoopwrightError for a bad option, by name; the schedule itself for a step past `totalSteps`
 * @example
 * preview(oneCycle({ maxLr: 1, totalSteps: 5, pctStart: 0.4, annealStrategy: 'linear' }), 3); // [0.04, 1, 0.66…]
 */
export function oneCycle(options: OneCycleLROptions & { readonly maxLr: number }): Schedule {
  const check = checker('schedulers', 'oneCycle');
  return lrCycle(check, readOneCycleLR(check, options, 1), 0);
}

/**
 * The momentum that goes with {@link oneCycle}: from `maxMomentum` down to `baseMomentum` and back.
 *
 * @throws LoopwrightError for a bad option, by name; the schedule itself for a step past `totalSteps`
 * @example
 * preview(oneCycleMomentum({ maxLr: 1, totalSteps: 5, pctStart: 0.4 }), 2); // [0.95, 0.85]
 */
export function oneCycleMomentum(
  options: OneCycleLROptions & { readonly baseMomentum?: number; readonly maxMomentum?: number },
): Schedule {
  const check = checker('schedulers', 'oneCycleMomentum');
  return momentumCycle(check, readOneCycleLR(check, options, 1), 0);
}

/**
 * Takes each group's rate through one cycle, and its momentum (or beta1) the other way. A step is a batch.
 *
 * `step()` may be called `totalSteps` times, once after each step of the optimizer; another call throws and changes
 * nothing. The rate set by the last of them belongs to no step of the run: as in PyTorch it goes a step beyond the end
 * of the curve, which for `linear` may be below 0.
 *
 * Follows PyTorch's `OneCycleLR`, but allows a phase without a step (a rise of one step, or no anneal), by which
 * PyTorch divides. The paper is Smith and Topin, "Super-Convergence" (2018).
 *
 * @throws LoopwrightError for a bad option, by name, or if momentum is to be cycled and the optimizer has none; in
 * `step()` past the end
 * @example
 * const scheduler = new OneCycleLR(optimizer, { maxLr: 0.1, totalSteps: epochs * batches.length });
 */
export class OneCycleLR extends ScheduleLR<OneCycleLROptions, OneCycleConfig> {
  constructor(optimizer: SchedulableOptimizer, options: OneCycleLROptions) {
    const check = checker('schedulers', 'OneCycleLR');
    super(optimizer, options, {
      name: 'OneCycleLR',
      read: readOneCycleLR,
      motion: (config, { index }) => absolute(lrCycle(check, config, index)),
      momentum: (config, index) => (config.cycleMomentum ? momentumCycle(check, config, index) : undefined),
      initialLr: ({ maxLr, divFactor }, index) => (maxLr[index] as number) / divFactor,
    });
  }
}

function lrCycle(check: Checker, config: OneCycleConfig, index: number): Schedule {
  const max = config.maxLr[index] as number;
  const first = max / config.divFactor;
  const last = first / config.finalDivFactor;
  return throughLevels(check, config, config.threePhase ? [first, max, first, last] : [first, max, last]);
}

function momentumCycle(check: Checker, config: OneCycleConfig, index: number): Schedule {
  const base = config.baseMomentum[index] as number;
  const max = config.maxMomentum[index] as number;
  return throughLevels(check, config, config.threePhase ? [max, base, max, max] : [max, base, max]);
}

/** Anneals from each level to the next; there is one level more than there are phases. */
function throughLevels(check: Checker, config: OneCycleConfig, levels: readonly number[]): Schedule {
  const { totalSteps } = config;
  const ends = phaseEnds(config);
  const anneal = config.annealStrategy === 'cos' ? annealCosine : annealLinear;
  return (step) => {
    if (step > totalSteps) check.fail(`step ${step} is past the end, totalSteps is ${totalSteps}`);
    const within = ends.findIndex((end) => step <= end);
    const phase = within === -1 ? ends.length - 1 : within;
    const start = phase === 0 ? 0 : (ends[phase - 1] as number);
    const length = (ends[phase] as number) - start;
    const progress = length === 0 ? 1 : (step - start) / length;
    return anneal(levels[phase] as number, levels[phase + 1] as number, progress);
  };
}

/** The step, not always a whole one, at which each phase ends. */
function phaseEnds({ totalSteps, pctStart, threePhase }: OneCycleConfig): number[] {
  const rise = pctStart * totalSteps - 1;
  return threePhase ? [rise, 2 * pctStart * totalSteps - 2, totalSteps - 1] : [rise, totalSteps - 1];
}

function annealCosine(from: number, to: number, progress: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * progress));
}

function annealLinear(from: number, to: number, progress: number): number {
  return from + (to - from) * progress;
}

function readOneCycleLR(check: Checker, options: OneCycleLROptions, groupCount: number): OneCycleConfig {
  const { maxLr, ...rest } = check.options(options, [
    'maxLr',
    'totalSteps',
    'epochs',
    'stepsPerEpoch',
    'pctStart',
    'annealStrategy',
    'cycleMomentum',
    'baseMomentum',
    'maxMomentum',
    'divFactor',
    'finalDivFactor',
    'threePhase',
  ]);
  const {
    pctStart = 0.3,
    annealStrategy = 'cos',
    divFactor = 25,
    finalDivFactor = 1e4,
    threePhase = false,
  } = rest;
  const { cycleMomentum = true, baseMomentum = 0.85, maxMomentum = 0.95 } = rest;
  const momentum = { min: 0, below: 1 };
  return {
    maxLr: perGroup(check, 'maxLr', maxLr, groupCount, { above: 0 }),
    totalSteps: readTotalSteps(check, rest),
    pctStart: check.number('pctStart', pctStart, { min: 0, max: 1 }),
    annealStrategy: check.oneOf('annealStrategy', annealStrategy, ['cos', 'linear']),
    cycleMomentum: check.boolean('cycleMomentum', cycleMomentum),
    baseMomentum: perGroup(check, 'baseMomentum', baseMomentum, groupCount, momentum),
    maxMomentum: perGroup(check, 'maxMomentum', maxMomentum, groupCount, momentum),
    divFactor: check.number('divFactor', divFactor, { above: 0 }),
    finalDivFactor: check.number('finalDivFactor', finalDivFactor, { above: 0 }),
    threePhase: check.boolean('threePhase', threePhase),
  };
}
