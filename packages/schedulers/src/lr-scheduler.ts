import {
  type Checker,
  checker,
  checkState,
  type HasParamGroups,
  type StateDict,
  type Stateful,
  type StateValue,
  show,
} from '@loopwright/core';
import {
  type Group,
  prepareGroups,
  readGroups,
  type SchedulableOptimizer,
  schedulable,
} from './optimizer-groups.ts';

/** The part of a state that one kind of scheduler adds. */
export type OwnState = Readonly<Record<string, StateValue>>;

/**
 * What all schedulers have in common: an optimizer, the rates last set, and a state. Making one sets the rate of the
 * first step; call `step()` after each step of the optimizer, once a batch or once an epoch as its options count, and
 * not once a micro-batch where gradients are accumulated. The optimizer stays the caller's; a scheduler holds no tensors.
 *
 * @throws LoopwrightError for an optimizer without parameter groups, or whose learning rate cannot be set
 * @example
 * const scheduler: LRScheduler = new ExponentialLR(optimizer, { gamma: 0.5 });
 * scheduler.step();
 * scheduler.getLastLr(); // [0.05]
 */
export abstract class LRScheduler implements Stateful {
  /** What is driven; a stock TensorFlow.js optimizer shows here as its parameter group. */
  readonly optimizer: HasParamGroups;
  protected readonly check: Checker;
  private lastLr: readonly number[];

  protected constructor(name: string, optimizer: SchedulableOptimizer) {
    this.check = checker('schedulers', name);
    this.optimizer = schedulable(this.check, optimizer);
    this.lastLr = this.groups.map((group) => group.learningRate);
  }

  /** Moves to the next step. Only `ReduceLROnPlateau` uses the metric; the others ignore it. */
  abstract step(metric?: number): void;

  /** The rates that this scheduler set last, one a parameter group. */
  getLastLr(): number[] {
    return [...this.lastLr];
  }

  stateDict(): StateDict {
    return {
      version: 1,
      scheduler: this.check.where.subject,
      lastLr: [...this.lastLr],
      groups: readGroups(this.check, this.groups, this.cyclesMomentum),
      ...this.ownState(),
    };
  }

  /**
   * Goes on where the saved scheduler was. The optimizer's rates are set to what they were then, so its own state may
   * be loaded before or after.
   */
  loadStateDict(state: StateDict): void {
    this.prepareState(state)();
  }

  /**
   * Checks a state whole and returns the function that applies it.
   * @internal
   */
  prepareState(state: StateDict): () => void {
    const { check, groups } = this;
    const own = this.ownState();
    const read = checkState(check, state, 1, ['scheduler', 'lastLr', 'groups', ...Object.keys(own)]);
    if (read.scheduler !== check.where.subject) {
      check.fail(`state is that of ${show(read.scheduler)}`);
    }
    const applyGroups = prepareGroups(check, groups, read.groups as StateValue);
    const lastLr = readNumbers(check, 'state.lastLr', read.lastLr, groups.length);
    const applyOwn = this.prepareOwnState(read);
    return () => {
      applyOwn();
      applyGroups();
      this.lastLr = lastLr;
    };
  }

  protected get groups(): readonly Group[] {
    return this.optimizer.paramGroups;
  }

  protected get cyclesMomentum(): boolean {
    return false;
  }

  /** Sets the groups' rates. */
  protected setRates(rates: readonly number[]): void {
    for (const [index, group] of this.groups.entries()) group.learningRate = rates[index] as number;
    this.recordRates();
  }

  /** Takes the rates that the groups have now for those last set. */
  protected recordRates(): void {
    this.lastLr = this.groups.map((group) => group.learningRate);
  }

  protected abstract ownState(): OwnState;

  /** Checks this kind's part of a state, changing nothing, and returns the function that applies it. */
  protected abstract prepareOwnState(state: OwnState): () => void;
}

/**
 * A scheduler that needs nothing but the number of steps, and so can be part of a `SequentialLR` or `ChainedScheduler`.
 * All but `ReduceLROnPlateau` are.
 *
 * @example
 * const parts: OpenLoopScheduler[] = [new LinearLR(optimizer), new ExponentialLR(optimizer, { gamma: 0.9 })];
 * const scheduler = new ChainedScheduler(parts);
 */
export abstract class OpenLoopScheduler extends LRScheduler {
  override step(_metric?: number): void {
    this.advance();
  }

  /**
   * Goes to step 0 from the groups' present rates, as a newly made scheduler does.
   * @internal
   */
  abstract begin(): void;

  /**
   * Goes to step 0 when this scheduler's turn comes in a sequence.
   * @internal
   */
  abstract restart(): void;

  protected abstract advance(): void;
}

/** Reads a list of `length` finite numbers of a state. */
export function readNumbers(
  check: Checker,
  what: string,
  value: StateValue | undefined,
  length: number,
): number[] {
  if (!Array.isArray(value) || value.length !== length) {
    return check.fail(`${what} must be ${length} numbers, got ${show(value)}`);
  }
  return value.map((item, index) => check.number(`${what}[${index}]`, item));
}
