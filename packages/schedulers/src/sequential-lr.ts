import { type Checker, checker, type Schedule, show } from '@loopwright/core';
import { prepareParts, readParts } from './composite.ts';
import { OpenLoopScheduler, type OwnState, readNumbers } from './lr-scheduler.ts';
import { countReached, readMilestones } from './milestones.ts';
import { initialLr, type SchedulableOptimizer } from './optimizer-groups.ts';

export interface SequentialLROptions {
  /** Schedulers of the same optimizer, in the order of their turns; they are stepped by the sequence alone. */
  readonly schedulers: readonly OpenLoopScheduler[];
  /** The step at which each but the first takes over, in order. */
  readonly milestones: readonly number[];
}

/**
 * One schedule after another, each counting from 0 when its turn comes:
 * `schedules[i](k - milestones[i - 1])` where `i` is the number of milestones reached at `k`.
 *
 * @throws LoopwrightError for a bad option, by name
 * @example
 * const warmUp = linear({ baseLr: 1, startFactor: 0.5, totalIters: 2 });
 * const decay = exponentialDecay({ baseLr: 1, gamma: 0.5 });
 * preview(sequential({ schedules: [warmUp, decay], milestones: [2] }), 5); // [0.5, 0.75, 1, 0.5, 0.25]
 */
export function sequential(options: {
  readonly schedules: readonly Schedule[];
  readonly milestones: readonly number[];
}): Schedule {
  const check = checker('schedulers', 'sequential');
  const given = check.options(options, ['schedules', 'milestones']);
  if (!Array.isArray(given.schedules)) check.fail(`schedules must be a list, got ${show(given.schedules)}`);
  const schedules = given.schedules.map((item, index) => check.func(`schedules[${index}]`, item));
  const milestones = readTurns(check, given.milestones, 'schedules', schedules.length);
  return (step) => {
    const turn = countReached(milestones, step);
    return (schedules[turn] as Schedule)(step - (milestones[turn - 1] ?? 0));
  };
}

/**
 * Steps one scheduler after another, each from its step 0 when its milestone is reached. Making one sets the first
 * one's rate of step 0 again, from the optimizer's initial rate.
 *
 * Follows PyTorch's `SequentialLR`. Sequences and chains may be parts of it, and are not disturbed by that; PyTorch
 * moves those on by a step, or cannot switch to them.
 *
 * @throws LoopwrightError for a bad option, by name, or schedulers of different optimizers
 * @example
 * const warmUp = new LinearLR(optimizer, { startFactor: 0.1, totalIters: 5 });
 * const decay = new CosineAnnealingLR(optimizer, { tMax: 95 });
 * const scheduler = new SequentialLR(optimizer, { schedulers: [warmUp, decay], milestones: [5] });
 */
export class SequentialLR extends OpenLoopScheduler {
  private readonly schedulers: readonly OpenLoopScheduler[];
  private milestones: readonly number[];
  private stepCount = 0;

  constructor(optimizer: SchedulableOptimizer, options: SequentialLROptions) {
    super('SequentialLR', optimizer);
    const { schedulers, milestones } = this.check.options(options, ['schedulers', 'milestones']);
    this.schedulers = readParts(this.check, schedulers, this.optimizer);
    this.milestones = readTurns(this.check, milestones, 'schedulers', this.schedulers.length);
    this.setRates(this.groups.map((group) => initialLr(group) ?? group.learningRate));
    this.begin();
  }

  protected override advance(): void {
    const step = this.stepCount + 1;
    const turn = countReached(this.milestones, step);
    if (this.milestones[turn - 1] === step) this.part(turn).restart();
    else this.part(turn).step();
    this.arriveAt(step);
  }

  override begin(): void {
    this.part(countReached(this.milestones, 0)).begin();
    this.arriveAt(0);
  }

  override restart(): void {
    this.part(countReached(this.milestones, 0)).restart();
    this.arriveAt(0);
  }

  protected override ownState(): OwnState {
    return {
      step: this.stepCount,
      milestones: [...this.milestones],
      schedulers: this.schedulers.map((scheduler) => scheduler.stateDict()),
    };
  }

  protected override prepareOwnState(state: OwnState): () => void {
    const stepCount = this.check.integer('state.step', state.step, { min: 0 });
    const saved = readNumbers(this.check, 'state.milestones', state.milestones, this.milestones.length);
    const milestones = readTurns(this.check, saved, 'schedulers', this.schedulers.length);
    const applyParts = prepareParts(this.check, this.schedulers, state.schedulers);
    return () => {
      this.stepCount = stepCount;
      this.milestones = milestones;
      applyParts();
    };
  }

  private part(turn: number): OpenLoopScheduler {
    return this.schedulers[turn] as OpenLoopScheduler;
  }

  private arriveAt(step: number): void {
    this.stepCount = step;
    this.recordRates();
  }
}

/** Reads milestones that say when each of `count` parts but the first takes over. */
function readTurns(check: Checker, value: readonly number[], parts: string, count: number): number[] {
  const milestones = readMilestones(check, value);
  if (milestones.length !== count - 1) {
    check.fail(`milestones must be one fewer than ${parts} (${count}), got ${show(value)}`);
  }
  if (milestones.some((step, index) => step !== value[index])) {
    check.fail(`milestones must not decrease, got ${show(value)}`);
  }
  return milestones;
}
