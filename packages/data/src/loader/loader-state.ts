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

/** A loader's configuration and how far it is: the epoch, and the batches of it that are behind. */
export class LoaderState implements Stateful {
  configuration: LoaderConfiguration;
  epoch = 0;
  position = 0;
  private readonly check: Checker;

  constructor(check: Checker, configuration: LoaderConfiguration) {
    this.check = check;
    this.configuration = configuration;
  }

  stateDict(): StateDict {
    const { epoch, position } = this;
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
    const checked = {
      configuration,
      epoch: check.integer('state.epoch', epoch, { min: 0 }),
      position: check.integer('state.position', position, { min: 0 }),
    };
    Object.assign(this, checked);
  }
}
