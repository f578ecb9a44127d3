import { type Checker, checkKeys, type Schedule, type StateValue, show, stateRecord } from '@loopwright/core';
import { LRScheduler, type OwnState } from './lr-scheduler.ts';
import type { SchedulableOptimizer } from './optimizer-groups.ts';
import { type BaseLr, perGroup, splitBaseLr } from './options.ts';

export interface ReduceLROnPlateauOptions {
  /** Whether the metric should fall or rise; `min` by default. */
  readonly mode?: 'min' | 'max';
  /** What the rate is multiplied by, in [0, 1); 0.1 by default. */
  readonly factor?: number;
  /** How many metrics without improvement are borne; the next one reduces the rate. 10 by default. */
  readonly patience?: number;
  /** How much better than the best a metric must be to count; 1e-4 by default. */
  readonly threshold?: number;
  /** Whether the threshold is a part of the best metric (`rel`, by default) or added to it (`abs`). */
  readonly thresholdMode?: 'rel' | 'abs';
  /** How many metrics after a reduction are not counted as bad; 0 by default. */
  readonly cooldown?: number;
  /** The lowest rate, or one a parameter group; 0 by default. */
  readonly minLr?: number | readonly number[];
  /** A reduction by no more than this is left out; 1e-8 by default. */
  readonly eps?: number;
}

interface PlateauConfig {
  readonly mode: 'min' | 'max';
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdMode: 'rel' | 'abs';
  readonly cooldown: number;
  readonly minLr: readonly number[];
  readonly eps: number;
}

/** What is remembered of the metrics seen. */
interface Watch {
  readonly best: number;
  readonly badSteps: number;
  readonly cooldownLeft: number;
}

/**
 * The rate after each metric of a list: `plateau({ metrics, … })(k)` is the rate once `metrics[0]` to `metrics[k - 1]`
 * are known.
 *
 * @throws LoopwrightError for a bad option, by name; the schedule itself for a step that has no metric yet
 * @example
 * preview(plateau({ baseLr: 1, metrics: [3, 3, 3], patience: 1 }), 4); // [1, 1, 1, 0.1]
 */
export function plateau(
  options: BaseLr &
    ReduceLROnPlateauOptions & { readonly metrics: readonly number[]; readonly minLr?: number },
): Schedule {
  const { check, baseLr, rest } = splitBaseLr('plateau', options);
  const { metrics, ...given } = rest;
  const config = readPlateau(check, given, 1);
  const rates = [baseLr];
  let watch = startWatch(config);
  for (const metric of metrics) {
    const { next, reduce } = observe(config, watch, readMetric(check, metric));
    const rate = rates.at(-1) as number;
    rates.push(reduce ? reduced(config, rate, 0) : rate);
    watch = next;
  }
  return (step) =>
    rates[step] ?? check.fail(`step ${step} needs ${step} metrics, there are ${metrics.length}`);
}

/**
 * Multiplies each group's rate by `factor` when a metric has stopped improving for more than `patience` steps.
 *
 * Give `step()` the metric as a number, once it has been computed for an epoch; reading it off the device belongs there
 * and not in the training step. `Infinity` is a bad metric; `NaN` is refused and changes nothing.
 *
 * Follows PyTorch's `ReduceLROnPlateau`. As there, a relative threshold is a part of the best metric with its sign, so
 * that for metrics below 0 one that is slightly worse counts as better; use `thresholdMode: 'abs'` for those.
 *
 * @throws LoopwrightError for a bad option, by name; in `step()` if the metric is no number
 * @example
 * const scheduler = new ReduceLROnPlateau(optimizer, { mode: 'max', patience: 3 });
 * scheduler.step(0.91); // the epoch's accuracy
 */
export class ReduceLROnPlateau extends LRScheduler {
  private config: PlateauConfig;
  private watch: Watch;

  constructor(optimizer: SchedulableOptimizer, options: ReduceLROnPlateauOptions = {}) {
    super('ReduceLROnPlateau', optimizer);
    this.config = readPlateau(this.check, options, this.groups.length);
    this.watch = startWatch(this.config);
  }

  override step(metric?: number): void {
    const { config, groups } = this;
    if (groups.length !== config.minLr.length) {
      this.check.fail(`optimizer has ${groups.length} parameter groups, it had ${config.minLr.length}`);
    }
    const { next, reduce } = observe(config, this.watch, readMetric(this.check, metric));
    this.watch = next;
    if (reduce) this.setRates(groups.map((group, index) => reduced(config, group.learningRate, index)));
    else this.recordRates();
  }

  protected override ownState(): OwnState {
    return {
      watch: { ...this.watch },
      config: structuredClone(this.config) as unknown as StateValue,
    };
  }

  protected override prepareOwnState(state: OwnState): () => void {
    const { check } = this;
    const watch = readWatch(check, state.watch);
    const record = stateRecord(check, 'state.config', state.config);
    checkKeys(check, 'state.config', record, Object.keys(this.config));
    const config = readPlateau(check, structuredClone(record), this.groups.length);
    return () => {
      this.watch = watch;
      this.config = config;
    };
  }
}

function startWatch({ mode }: PlateauConfig): Watch {
  return { best: mode === 'min' ? Infinity : -Infinity, badSteps: 0, cooldownLeft: 0 };
}

/** What is remembered once a metric has been seen, and whether the rate is to be reduced. */
function observe(config: PlateauConfig, watch: Watch, metric: number): { next: Watch; reduce: boolean } {
  const better = isBetter(config, metric, watch.best);
  const best = better ? metric : watch.best;
  const cooling = watch.cooldownLeft > 0;
  const badSteps = better || cooling ? 0 : watch.badSteps + 1;
  if (badSteps > config.patience) {
    return { next: { best, badSteps: 0, cooldownLeft: config.cooldown }, reduce: true };
  }
  const cooldownLeft = cooling ? watch.cooldownLeft - 1 : 0;
  return { next: { best, badSteps, cooldownLeft }, reduce: false };
}

function isBetter({ mode, threshold, thresholdMode }: PlateauConfig, metric: number, best: number): boolean {
  const sign = mode === 'min' ? -1 : 1;
  const bar = thresholdMode === 'rel' ? best * (1 + sign * threshold) : best + sign * threshold;
  return mode === 'min' ? metric < bar : metric > bar;
}

function reduced({ factor, minLr, eps }: PlateauConfig, rate: number, index: number): number {
  const lower = Math.max(rate * factor, minLr[index] as number);
  return rate - lower > eps ? lower : rate;
}

function readMetric(check: Checker, metric: unknown): number {
  if (typeof metric === 'number' && !Number.isNaN(metric)) return metric;
  const hint =
    typeof metric === 'object' && metric !== null ? '; read it in compute(), not in the training step' : '';
  return check.fail(`metric must be a number, got ${show(metric)}${hint}`);
}

function readPlateau(check: Checker, options: ReduceLROnPlateauOptions, groupCount: number): PlateauConfig {
  const known = [
    'mode',
    'factor',
    'patience',
    'threshold',
    'thresholdMode',
    'cooldown',
    'minLr',
    'eps',
  ] as const;
  const { mode = 'min', factor = 0.1, patience = 10, ...rest } = check.options(options, known);
  const { threshold = 1e-4, thresholdMode = 'rel', cooldown = 0, minLr = 0, eps = 1e-8 } = rest;
  return {
    mode: check.oneOf('mode', mode, ['min', 'max']),
    factor: check.number('factor', factor, { min: 0, below: 1 }),
    patience: check.integer('patience', patience, { min: 0 }),
    threshold: check.number('threshold', threshold, { min: 0 }),
    thresholdMode: check.oneOf('thresholdMode', thresholdMode, ['rel', 'abs']),
    cooldown: check.integer('cooldown', cooldown, { min: 0 }),
    minLr: perGroup(check, 'minLr', minLr, groupCount, { min: 0 }),
    eps: check.number('eps', eps, { min: 0 }),
  };
}

function readWatch(check: Checker, value: StateValue | undefined): Watch {
  const record = stateRecord(check, 'state.watch', value);
  checkKeys(check, 'state.watch', record, ['best', 'badSteps', 'cooldownLeft']);
  return {
    best: readMetric(check, record.best),
    badSteps: check.integer('state.watch.badSteps', record.badSteps, { min: 0 }),
    cooldownLeft: check.integer('state.watch.cooldownLeft', record.cooldownLeft, { min: 0 }),
  };
}
