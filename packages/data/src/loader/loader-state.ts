import { type Checker, checkState, type StateDict, type Stateful } from '@loopwright/core';

/** What is configured with numbers, and so is part of a loader's state. */
export interface LoaderConfiguration {
  /** null where a batch sampler makes the batches. */
  readonly batchSize: number | null;
  readonly shuffle: boolean;
  readonly dropLast: boolean;
  readonly seed: number;
}

const FIELDS = ['seed', 'epoch', 'position', 'batchSize', 'shuffle', 'dropLast'] as const;

/** Where an epoch is begun, or how far it is: the batches of it that are behind. */
interface Place {
  readonly epoch: number;
  readonly position: number;
}

/** One loop over a loader. */
export class LoopProgress {
  /** Where it was begun. */
  readonly start: Place;
  position: number;

  constructor(start: Place) {
    this.start = start;
    this.position = start.position;
  }

  get epoch(): number {
    return this.start.epoch;
  }
}

/**
 * A loader's configuration and how far it is, which is how far the loop is that was begun last. What begins while another
 * loop has not ended begins where that one did.
 */
export class LoaderState implements Stateful {
  configuration: LoaderConfiguration;
  private readonly check: Checker;
  /** Where the next loop begins. */
  private start: Place = { epoch: 0, position: 0 };
  private reached: Place = this.start;

  constructor(check: Checker, configuration: LoaderConfiguration) {
    this.check = check;
    this.configuration = configuration;
  }

  /** Begins a loop. */
  begin(): LoopProgress {
    const loop = new LoopProgress(this.start);
    this.reached = loop;
    return loop;
  }

  /** Ends a loop, and its epoch, unless a state has been loaded since, or another loop has ended the epoch before it. */
  end({ start, epoch }: LoopProgress): void {
    if (start === this.start) this.goTo({ epoch: epoch + 1, position: 0 });
  }

  stateDict(): StateDict {
    const { epoch, position } = this.reached;
    const { seed, batchSize, shuffle, dropLast } = this.configuration;
    return { version: 1, seed, epoch, position, batchSize, shuffle, dropLast };
  }

  loadStateDict(state: StateDict): void {
    const { check } = this;
    const { seed, epoch, position, batchSize, shuffle, dropLast } = checkState(check, state, 1, FIELDS);
    if ((batchSize === null) !== (this.configuration.batchSize === null)) {
      check.fail(
        `state is of a loader ${batchSize === null ? 'with' : 'without'} a batchSampler, and this is none`,
      );
    }
    const configuration = {
      seed: check.integer('state.seed', seed),
      batchSize: batchSize === null ? null : check.positiveInteger('state.batchSize', batchSize),
      shuffle: check.boolean('state.shuffle', shuffle),
      dropLast: check.boolean('state.dropLast', dropLast),
    };
    const place = {
      epoch: check.integer('state.epoch', epoch, { min: 0 }),
      position: check.integer('state.position', position, { min: 0 }),
    };
    this.configuration = configuration;
    this.goTo(place);
  }

  private goTo(place: Place): void {
    this.start = place;
    this.reached = place;
  }
}
