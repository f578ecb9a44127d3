import { type Checker, checker, checkState, type StateDict, type Stateful, show } from '@loopwright/core';

/** Options of {@link LossSpikes}. */
export interface LossSpikesOptions {
  /** How many losses of the past a new one is compared with; 100 by default. */
  readonly window?: number;
  /** How many of them there must be before anything is a spike; 20 by default, or `window` if that is less. */
  readonly warmUp?: number;
  /** By how many deviations a loss must exceed the median; 8 by default. */
  readonly threshold?: number;
  /** Iterations before and after a spike that are left out when the run goes back; 20 and 20 by default. */
  readonly before?: number;
  readonly after?: number;
}

/** A loss that does not belong to those before it. */
export interface LossSpike {
  readonly iteration: number;
  readonly loss: number;
  /** Of the losses before it. */
  readonly median: number;
  /** How many deviations it lies above; infinite if it is not finite itself. */
  readonly deviations: number;
  /** The iterations to leave out: from the first to the last. Go back to a checkpoint from before the first. */
  readonly from: number;
  readonly to: number;
}

const check: Checker = checker('guards', 'LossSpikes');
const SETTINGS = ['window', 'warmUp', 'threshold', 'before', 'after'] as const;
/** Of a normal distribution: its standard deviation, by the median of absolute deviations. */
const DEVIATION_OF_MEDIAN = 1.4826;
/** A loss that hardly moves deviates by so much of itself at least. */
const LEAST_DEVIATION = 0.01;

type Settings = Record<(typeof SETTINGS)[number], number>;
type Range = readonly [from: number, to: number];

/**
 * Says when the loss has jumped out of its past, and which batches to leave out when the run goes back:
 *
 *     (loss − median) / max(1.4826 · MAD, 0.01 · |median|) > threshold
 *
 * over the last losses that were no spikes; a loss that is not finite is one. Give it a loss now and then, or the mean of a few
 * steps: each costs reading it.
 *
 * What to do is the loop's: load the newest checkpoint from before `spike.from`, and go on without the iterations for which
 * {@link skips} holds. As a part of the run it remembers them; loading an earlier state forgets none.
 *
 * After A. Chowdhery et al., "PaLM: Scaling Language Modeling with Pathways" (2022), section 5.1: going back some 100 steps
 * and leaving out 200 to 500 batches ended each spike, and the same batches later made none.
 *
 * @throws LoopwrightError for unknown options and values out of range
 * @example
 * const spikes = new LossSpikes({ warmUp: 5, before: 2, after: 2 });
 * for (const [iteration, loss] of [2, 1.9, 2.1, 1.8, 2, 1.9, 30].entries()) {
 *   if (spikes.skips(iteration)) continue;
 *   const spike = spikes.update(iteration, loss);
 *   if (spike !== undefined) console.log(spike.from, spike.to); // 4 8
 * }
 */
export class LossSpikes implements Stateful {
  private settings: Settings;
  private losses: readonly number[] = [];
  private ranges: readonly Range[] = [];

  constructor(options?: LossSpikesOptions) {
    const {
      window = 100,
      warmUp = Math.min(20, window),
      threshold = 8,
      before = 20,
      after = 20,
    } = check.options(options, SETTINGS);
    this.settings = checkSettings('', { window, warmUp, threshold, before, after });
  }

  /** Takes a loss in. A spike is returned, and its iterations are left out from now on. */
  update(iteration: number, loss: number): LossSpike | undefined {
    check.integer('iteration', iteration, { min: 0 });
    if (typeof loss !== 'number') check.fail(`loss must be a number, got ${show(loss)}`);
    const { window, warmUp, threshold, before, after } = this.settings;
    const { median, deviations } = this.compare(loss);
    const isSpike = !Number.isFinite(loss) || (this.losses.length >= warmUp && deviations > threshold);
    if (!isSpike) {
      this.losses = [...this.losses, loss].slice(-window);
      return undefined;
    }
    const [from, to] = [Math.max(0, iteration - before), iteration + after];
    this.ranges = [...this.ranges, [from, to]];
    return { iteration, loss, median, deviations, from, to };
  }

  /** Whether an iteration belongs to a spike that was seen, and is to be left out. */
  skips(iteration: number): boolean {
    return this.ranges.some(([from, to]) => iteration >= from && iteration <= to);
  }

  stateDict(): StateDict {
    return {
      version: 1,
      ...this.settings,
      losses: [...this.losses],
      ranges: this.ranges.map((range) => [...range]),
    };
  }

  loadStateDict(state: StateDict): void {
    const saved = checkState(check, state, 1, [...SETTINGS, 'losses', 'ranges']);
    const settings = checkSettings('state.', saved);
    const losses = checkNumbers('state.losses', saved.losses);
    if (!Array.isArray(saved.ranges)) check.fail(`state.ranges must be a list, got ${show(saved.ranges)}`);
    const ranges = (saved.ranges as unknown[]).map((range) => {
      const [from, to] = checkNumbers('state.ranges', range);
      return [check.integer('state.ranges', from), check.integer('state.ranges', to)] as const;
    });
    this.settings = settings;
    this.losses = losses;
    // What was learnt after the state was saved is why it is loaded again.
    const own = this.ranges.filter((range) => !ranges.some((other) => other.join() === range.join()));
    this.ranges = [...ranges, ...own];
  }

  private compare(loss: number): { median: number; deviations: number } {
    const median = medianOf(this.losses);
    if (!Number.isFinite(loss)) return { median, deviations: Number.POSITIVE_INFINITY };
    const spread = DEVIATION_OF_MEDIAN * medianOf(this.losses.map((value) => Math.abs(value - median)));
    return { median, deviations: (loss - median) / Math.max(spread, LEAST_DEVIATION * Math.abs(median)) };
  }
}

function checkSettings(prefix: string, given: Readonly<Record<keyof Settings, unknown>>): Settings {
  const window = check.positiveInteger(`${prefix}window`, given.window);
  return {
    window,
    // With more than are kept, nothing would ever be a spike.
    warmUp: check.integer(`${prefix}warmUp`, given.warmUp, { min: 1, max: window }),
    threshold: check.number(`${prefix}threshold`, given.threshold, { above: 0 }),
    before: check.integer(`${prefix}before`, given.before, { min: 0 }),
    after: check.integer(`${prefix}after`, given.after, { min: 0 }),
  };
}

function checkNumbers(what: string, value: unknown): number[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'number')) return [...value];
  return check.fail(`${what} must be a list of numbers, got ${show(value)}`);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] as number;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
