import { checker, checkState, type StateDict, type Stateful, turnEventLoop } from '@loopwright/core';
import type { ProgressDisplay, ProgressPass } from './progress-display.ts';

/** Options of {@link ProgressTracker}. */
export interface ProgressTrackerOptions {
  /** What shows the progress, for example `progressBars()`; by default nothing does. */
  readonly display?: ProgressDisplay;
}

/** Options of {@link ProgressTracker.track}. */
export interface TrackOptions {
  /** Whether the items are training iterations. Default true; false for validation. */
  readonly count?: boolean;
  /** What a display calls the pass. Default `train`, or `evaluate` where nothing is counted. */
  readonly label?: string;
  /** Items of the whole pass. Default the `length` or `size` of the iterable, where it has one. */
  readonly length?: number;
}

/** Options of {@link ProgressTracker.epochs}. */
export interface EpochsOptions {
  /** The first epoch. Default 0, and after a load the epoch in which the state was saved, or the one after it. */
  readonly from?: number | undefined;
}

type Pass = { -readonly [K in keyof ProgressPass]: ProgressPass[K] };
type PassSettings = Pick<ProgressPass, 'label' | 'length' | 'counted'>;

const check = checker('progress', 'ProgressTracker');
const FIELDS = ['epoch', 'nextEpoch', 'iterationsInEpoch', 'totalIterations'] as const;

/**
 * Counts the epochs and iterations of a loop that the user writes.
 *
 * An iteration is counted when its item is handed out, so in the loop's body the counts say which iteration runs,
 * from 1 on, and after the loop how many there were. A state that is saved in the body therefore includes the item in
 * hand, as a data loader's does.
 *
 * An epoch is over when its counted pass ends, by running out or by `break`. A state that was saved inside a pass is
 * one of the middle of an epoch: after a load `epochs()` yields that epoch again with {@link iterationsInEpoch} as it
 * was, and the first counted pass goes on from there. Leaving out the items that are already done is the loader's part.
 *
 * Outside `epochs()` every counted pass is an epoch of its own. It holds no tensors.
 *
 * @throws LoopwrightError for bad options, by name
 * @example
 * const progress = new ProgressTracker({ display: progressBars() });
 * for (const epoch of progress.epochs(2)) {
 *   for await (const { labels } of progress.track(train)) console.log(epoch, progress.totalIterations, labels.size);
 * }
 */
export class ProgressTracker implements Stateful {
  private readonly display: ProgressDisplay | undefined;
  private currentEpoch = 0;
  private followingEpoch = 0;
  private countInEpoch = 0;
  private countInTotal = 0;
  /** Where a loaded state goes on, until the first epoch after the load begins. */
  private resumeAt: { readonly epoch: number; readonly iterations: number } | undefined;
  /** Items of the next counted pass that an earlier process did. */
  private passFrom = 0;
  private insideEpochs = false;

  constructor(options?: ProgressTrackerOptions) {
    this.display = check.options(options, ['display']).display;
  }

  /** The running epoch, from 0 on; after the loop the last one. */
  get epoch(): number {
    return this.currentEpoch;
  }

  /** The epoch that a run which goes on from this moment starts with: the running one in the middle of its pass. */
  get nextEpoch(): number {
    return this.followingEpoch;
  }

  /** Iterations of this epoch that were handed out: in the loop's body the number of the running one, from 1 on. */
  get iterationsInEpoch(): number {
    return this.countInEpoch;
  }

  /** Iterations of the whole training, earlier processes included, that were handed out. */
  get totalIterations(): number {
    return this.countInTotal;
  }

  /**
   * The epochs `from`, `from + 1`, …, `end - 1`; none if `from` is not below `end`.
   *
   * @throws LoopwrightError if `end` or `from` is not an integer of at least 0
   * @example
   * const progress = new ProgressTracker();
   * for (const epoch of progress.epochs(3, { from: 1 })) console.log(epoch); // 1, 2
   */
  epochs(end: number, options?: EpochsOptions): IterableIterator<number> {
    const checked = checker('progress', 'ProgressTracker.epochs');
    const { from = this.resumeAt?.epoch ?? 0 } = checked.options(options, ['from']);
    return this.runEpochs(checked.integer('from', from, { min: 0 }), checked.integer('end', end, { min: 0 }));
  }

  /**
   * The items of an iterable, counted as they are handed out. What is async stays async, and lets the event loop turn
   * between items, so that signals are seen and files are written. Leaving the loop, by `break` or by an error, closes the
   * iterable as it would without the tracker. Items stay their iterable's to dispose.
   *
   * @throws LoopwrightError if the subject is not iterable, or for bad options, by name
   * @example
   * const progress = new ProgressTracker();
   * for await (const { labels } of progress.track(train)) console.log(progress.iterationsInEpoch, labels.size);
   * for (const _ of progress.track(batches, { count: false, label: 'validation' })) continue; // shown, not counted
   */
  track<T>(items: AsyncIterable<T>, options?: TrackOptions): AsyncIterableIterator<T>;
  track<T>(items: Iterable<T>, options?: TrackOptions): IterableIterator<T>;
  track<T>(
    items: Iterable<T> | AsyncIterable<T>,
    options?: TrackOptions,
  ): IterableIterator<T> | AsyncIterableIterator<T> {
    const settings = passSettings(items, options);
    return isAsyncIterable(items) ? this.trackAsync(items, settings) : this.trackSync(items, settings);
  }

  stateDict(): StateDict {
    const { epoch, nextEpoch, iterationsInEpoch, totalIterations } = this;
    return { version: 1, epoch, nextEpoch, iterationsInEpoch, totalIterations };
  }

  loadStateDict(state: StateDict): void {
    const fields = checkState(check, state, 1, FIELDS);
    const [epoch, nextEpoch, iterationsInEpoch, totalIterations] = FIELDS.map((field) =>
      check.integer(`state.${field}`, fields[field], { min: 0 }),
    ) as [number, number, number, number];
    check.integer('state.nextEpoch', nextEpoch, { min: epoch, max: epoch + 1 });
    this.currentEpoch = epoch;
    this.followingEpoch = nextEpoch;
    this.countInEpoch = iterationsInEpoch;
    this.countInTotal = totalIterations;
    this.resumeAt = { epoch: nextEpoch, iterations: nextEpoch === epoch ? iterationsInEpoch : 0 };
  }

  private *runEpochs(from: number, end: number): Generator<number, void, undefined> {
    if (from >= end) return;
    this.insideEpochs = true;
    this.display?.epochsStarted({ from, end });
    try {
      for (let epoch = from; epoch < end; epoch++) {
        this.beginEpoch(epoch);
        this.display?.epochStarted(epoch);
        yield epoch;
        this.followingEpoch = epoch + 1;
        this.display?.epochEnded(epoch);
      }
    } finally {
      this.insideEpochs = false;
      this.display?.epochsEnded();
    }
  }

  private *trackSync<T>(items: Iterable<T>, settings: PassSettings): Generator<T, void, undefined> {
    const pass = this.beginPass(settings);
    try {
      for (const item of items) {
        this.beginStep(pass);
        yield item;
        pass.completed += 1;
      }
    } finally {
      this.endPass(pass);
    }
  }

  private async *trackAsync<T>(
    items: AsyncIterable<T>,
    settings: PassSettings,
  ): AsyncGenerator<T, void, undefined> {
    const pass = this.beginPass(settings);
    try {
      for await (const item of items) {
        this.beginStep(pass);
        yield item;
        pass.completed += 1;
        await turnEventLoop();
      }
    } finally {
      this.endPass(pass);
    }
  }

  private beginEpoch(epoch: number): void {
    const resumed = this.resumeAt?.epoch === epoch ? this.resumeAt.iterations : 0;
    this.resumeAt = undefined;
    this.currentEpoch = epoch;
    this.followingEpoch = resumed > 0 ? epoch : epoch + 1;
    this.countInEpoch = resumed;
    this.passFrom = resumed;
  }

  private beginPass(settings: PassSettings): Pass {
    if (settings.counted && !this.insideEpochs) this.beginEpoch(this.followingEpoch);
    const from = settings.counted ? this.passFrom : 0;
    if (settings.counted) this.passFrom = 0;
    const pass = { ...settings, from, completed: from };
    this.display?.passStarted(pass);
    return pass;
  }

  private beginStep(pass: Pass): void {
    if (pass.counted) {
      this.countInEpoch += 1;
      this.countInTotal += 1;
      this.followingEpoch = this.currentEpoch;
    }
    this.display?.stepped(pass);
  }

  private endPass(pass: Pass): void {
    if (pass.counted) this.followingEpoch = this.currentEpoch + 1;
    this.display?.passEnded(pass);
  }
}

function passSettings(items: unknown, options: TrackOptions | undefined): PassSettings {
  const checked = checker('progress', 'ProgressTracker.track');
  if (!isAsyncIterable(items) && !isIterable(items)) {
    checked.fail(`items must be iterable, got ${items === null ? 'null' : typeof items}`);
  }
  const { count = true, label, length } = checked.options(options, ['count', 'label', 'length']);
  const counted = checked.boolean('count', count);
  return {
    counted,
    label: checked.string('label', label ?? (counted ? 'train' : 'evaluate')),
    length: length === undefined ? knownLength(items) : checked.integer('length', length, { min: 0 }),
  };
}

/** The `length` of arrays and loaders or the `size` of sets and maps. */
function knownLength(items: unknown): number | undefined {
  const { length, size } = items as { readonly length?: unknown; readonly size?: unknown };
  return [length, size].find((value): value is number => Number.isSafeInteger(value) && Number(value) >= 0);
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof (value as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator] ===
    'function'
  );
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] === 'function';
}
