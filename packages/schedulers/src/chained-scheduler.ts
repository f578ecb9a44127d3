import { checker, type Schedule, show } from '@loopwright/core';
import { prepareParts, readParts } from './composite.ts';
import { OpenLoopScheduler, type OwnState } from './lr-scheduler.ts';

/**
 * Schedules multiplied with each other, step by step: `schedules[0](k) * schedules[1](k) * …`. All but one should be
 * factors, which is what a schedule without `baseLr` is.
 *
 * It is what a {@link ChainedScheduler} does with schedulers that scale the rate. One that sets the rate, or has a floor,
 * is not a factor.
 *
 * @throws LoopwrightError unless it is given a list of functions, at least one
 * @example
 * const factor = constantFactor({ factor: 0.5, totalIters: 2 });
 * preview(chained([exponentialDecay({ baseLr: 1, gamma: 0.5 }), factor]), 4); // [0.5, 0.25, 0.25, 0.125]
 */
export function chained(schedules: readonly Schedule[]): Schedule {
  const check = checker('schedulers', 'chained');
  if (!Array.isArray(schedules) || schedules.length === 0) {
    check.fail(`schedules must be a list of at least one, got ${show(schedules)}`);
  }
  const factors = schedules.map((item, index) => check.func(`schedules[${index}]`, item));
  return (step) => factors.reduce((product, factor) => product * factor(step), 1);
}

/**
 * Steps several schedulers of one optimizer together, in order, each on the rate that the one before left.
 *
 * Follows PyTorch's `ChainedScheduler`. As there, a scheduler that sets the rate whatever it was (`LambdaLR`,
 * `CosineAnnealingWarmRestarts`, `CyclicLR`, `OneCycleLR`) undoes those before it.
 *
 * @throws LoopwrightError for schedulers of different optimizers, for none, and for a `ReduceLROnPlateau`
 * @example
 * const warmUp = new ConstantLR(optimizer, { factor: 0.1, totalIters: 20 });
 * const decay = new ExponentialLR(optimizer, { gamma: 0.9 });
 * const scheduler = new ChainedScheduler([warmUp, decay]);
 */
export class ChainedScheduler extends OpenLoopScheduler {
  private readonly schedulers: readonly OpenLoopScheduler[];

  constructor(schedulers: readonly OpenLoopScheduler[]) {
    const parts = readParts(checker('schedulers', 'ChainedScheduler'), schedulers);
    super('ChainedScheduler', (parts[0] as OpenLoopScheduler).optimizer);
    this.schedulers = parts;
  }

  protected override advance(): void {
    this.together((scheduler) => scheduler.step());
  }

  override begin(): void {
    this.together((scheduler) => scheduler.begin());
  }

  override restart(): void {
    // The first one starts over from its base rate, the others from what it leaves, as when the chain was made.
    this.together((scheduler, index) => (index === 0 ? scheduler.restart() : scheduler.begin()));
  }

  protected override ownState(): OwnState {
    return { schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()) };
  }

  protected override prepareOwnState(state: OwnState): () => void {
    return prepareParts(this.check, this.schedulers, state.schedulers);
  }

  /** Moves every part, or none if one of them throws. */
  private together(move: (scheduler: OpenLoopScheduler, index: number) => void): void {
    const before = this.stateDict();
    try {
      for (const [index, scheduler] of this.schedulers.entries()) move(scheduler, index);
    } catch (error) {
      this.loadStateDict(before);
      throw error;
    }
    this.recordRates();
  }
}
