import { type Checker, checker, type Schedule } from '@loopwright/core';
import { absolute } from './motion.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { perGroup } from './options.ts';
import { ScheduleLR } from './schedule-lr.ts';

/** What shapes the wave, whatever swings along it. */
interface WaveOptions {
  /** Steps of the rising half; 2000 by default. */
  readonly stepSizeUp?: number;
  /** Steps of the falling half; `stepSizeUp` by default. */
  readonly stepSizeDown?: number;
  /** How the height of the cycles changes: not, halved each cycle, or times `gamma` each step. Without a `scaleFn`. */
  readonly mode?: 'triangular' | 'triangular2' | 'exp_range';
  /** The factor of `exp_range`; 1 by default. */
  readonly gamma?: number;
  /** The height of the cycles, as a function of the cycle (from 1) or of the step; it takes the place of `mode`. */
  readonly scaleFn?: (x: number) => number;
  /** What `scaleFn` is a function of: the `cycle`, by default, or the `iterations`. */
  readonly scaleMode?: 'cycle' | 'iterations';
}

export interface CyclicLROptions extends WaveOptions {
  /** The lowest rate, or one a parameter group. */
  readonly baseLr: number | readonly number[];
  /** The highest rate of a cycle of full height, or one a parameter group. */
  readonly maxLr: number | readonly number[];
  /** Whether momentum (or beta1) swings against the rate; true by default. */
  readonly cycleMomentum?: boolean;
  /** The lowest momentum, or one a parameter group; 0.8 by default. */
  readonly baseMomentum?: number | readonly number[];
  /** The highest momentum, or one a parameter group; 0.9 by default. */
  readonly maxMomentum?: number | readonly number[];
}

interface Wave {
  readonly stepSizeUp: number;
  readonly stepSizeDown: number;
  readonly mode: 'triangular' | 'triangular2' | 'exp_range' | 'custom';
  readonly gamma: number;
  readonly scaleFn: ((x: number) => number) | undefined;
  readonly scaleMode: 'cycle' | 'iterations';
}

interface CyclicConfig extends Wave {
  readonly baseLr: readonly number[];
  readonly maxLr: readonly number[];
  readonly cycleMomentum: boolean;
  readonly baseMomentum: readonly number[];
  readonly maxMomentum: readonly number[];
}

/**
 * A triangular wave: `baseLr + (maxLr - baseLr) * height(k)`, whose height goes from 0 to the scale of the cycle and back.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(cyclic({ baseLr: 0, maxLr: 1, stepSizeUp: 2 }), 5); // [0, 0.5, 1, 0.5, 0]
 */
export function cyclic(
  options: CyclicLROptions & { readonly baseLr: number; readonly maxLr: number },
): Schedule {
  const config = readCyclicLR(checker('schedulers', 'cyclic'), options, 1);
  return lrWave(config, 0);
}

/**
 * The momentum that goes with {@link cyclic}: `maxMomentum - (maxMomentum - baseMomentum) * height(k)`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * preview(cyclicMomentum({ baseLr: 0, maxLr: 1, stepSizeUp: 2 }), 5); // [0.9, 0.85, 0.8, 0.85, 0.9]
 */
export function cyclicMomentum(
  options: CyclicLROptions & { readonly baseMomentum?: number; readonly maxMomentum?: number },
): Schedule {
  return momentumWave(readCyclicLR(checker('schedulers', 'cyclicMomentum'), options, 1), 0);
}

/**
 * Swings each group's rate between `baseLr` and `maxLr`, and its momentum (or beta1) the other way. A step is a batch.
 * `scaleFn` is not saved: construct the scheduler with the same one before loading a state.
 *
 * Follows PyTorch's `CyclicLR`. As there, where another scheduler was made before it the rate of step 0 is the
 * optimizer's initial rate. The paper is Smith, "Cyclical Learning Rates for Training Neural Networks" (2017).
 *
 * @throws LoopwrightError for a bad option, by name, or if momentum is to be cycled and the optimizer has none
 * @example
 * const scheduler = new CyclicLR(optimizer, { baseLr: 0.01, maxLr: 0.1, stepSizeUp: 500 });
 */
export class CyclicLR extends ScheduleLR<CyclicLROptions, CyclicConfig> {
  constructor(optimizer: SchedulableOptimizer, options: CyclicLROptions) {
    super(optimizer, options, {
      name: 'CyclicLR',
      read: readCyclicLR,
      functions: ['scaleFn'],
      motion: (config, { index }) => absolute(lrWave(config, index)),
      momentum: (config, index) => (config.cycleMomentum ? momentumWave(config, index) : undefined),
      initialLr: ({ baseLr }, index, known) => known ?? (baseLr[index] as number),
    });
    this.startFromInitialLr();
  }
}

function lrWave(config: CyclicConfig, index: number): Schedule {
  const base = config.baseLr[index] as number;
  const max = config.maxLr[index] as number;
  const height = waveHeight(config);
  return (step) => base + (max - base) * height(step);
}

function momentumWave(config: CyclicConfig, index: number): Schedule {
  const base = config.baseMomentum[index] as number;
  const max = config.maxMomentum[index] as number;
  const height = waveHeight(config);
  return (step) => max - (max - base) * height(step);
}

function waveHeight(wave: Wave): Schedule {
  const length = wave.stepSizeUp + wave.stepSizeDown;
  const turn = wave.stepSizeUp / length;
  const scale = waveScale(wave);
  return (step) => {
    const cycle = Math.floor(1 + step / length);
    const position = 1 + step / length - cycle;
    const triangle = position <= turn ? position / turn : (position - 1) / (turn - 1);
    return triangle * scale(cycle, step);
  };
}

function waveScale({ mode, gamma, scaleFn, scaleMode }: Wave): (cycle: number, step: number) => number {
  switch (mode) {
    case 'triangular':
      return () => 1;
    case 'triangular2':
      return (cycle) => 1 / 2 ** (cycle - 1);
    case 'exp_range':
      return (_, step) => gamma ** step;
    case 'custom': {
      const scale = scaleFn as (x: number) => number;
      return (cycle, step) => scale(scaleMode === 'cycle' ? cycle : step);
    }
  }
}

function readCyclicLR(check: Checker, options: CyclicLROptions, groupCount: number): CyclicConfig {
  const momentum = { min: 0, below: 1 };
  const {
    baseLr,
    maxLr,
    cycleMomentum = true,
    baseMomentum = 0.8,
    maxMomentum = 0.9,
  } = check.options(options, [
    'baseLr',
    'maxLr',
    'stepSizeUp',
    'stepSizeDown',
    'mode',
    'gamma',
    'scaleFn',
    'scaleMode',
    'cycleMomentum',
    'baseMomentum',
    'maxMomentum',
  ]);
  return {
    baseLr: perGroup(check, 'baseLr', baseLr, groupCount, { min: 0 }),
    maxLr: perGroup(check, 'maxLr', maxLr, groupCount, { min: 0 }),
    ...readWave(check, options),
    cycleMomentum: check.boolean('cycleMomentum', cycleMomentum),
    baseMomentum: perGroup(check, 'baseMomentum', baseMomentum, groupCount, momentum),
    maxMomentum: perGroup(check, 'maxMomentum', maxMomentum, groupCount, momentum),
  };
}

function readWave(check: Checker, options: WaveOptions): Wave {
  const { stepSizeUp = 2000, stepSizeDown = stepSizeUp, gamma = 1, scaleFn, scaleMode = 'cycle' } = options;
  return {
    stepSizeUp: check.number('stepSizeUp', stepSizeUp, { above: 0 }),
    stepSizeDown: check.number('stepSizeDown', stepSizeDown, { above: 0 }),
    mode: readMode(check, options),
    gamma: check.number('gamma', gamma, { above: 0 }),
    scaleFn: scaleFn === undefined ? undefined : check.func('scaleFn', scaleFn),
    scaleMode: check.oneOf('scaleMode', scaleMode, ['cycle', 'iterations']),
  };
}

/** The mode, which is `custom` for a user's function, so that a state says whether it needs one. */
function readMode(check: Checker, { mode, scaleFn }: { mode?: string; scaleFn?: unknown }): Wave['mode'] {
  if (scaleFn !== undefined) return 'custom';
  if (mode === 'custom') check.fail('the state was saved with a scaleFn; construct with it before loading');
  return check.oneOf('mode', mode ?? 'triangular', ['triangular', 'triangular2', 'exp_range']);
}
