import { lowerBound, Numbers } from './numbers.ts';

/**
 * Which epoch a step belongs to, from the records that state both. The last step of epoch `e` is at `e`, the steps before
 * it are spread evenly between `e − 1` and `e`, so that the mean over an epoch stands where its last step does.
 */
export class EpochClock {
  private readonly steps = new Numbers();
  private readonly epochs = new Numbers();

  /** Takes the statement of a record. What was stated of later steps or epochs no longer holds. */
  state(step: number, epoch: number): void {
    while (this.steps.length > 0 && (this.steps.last >= step || this.epochs.last >= epoch)) {
      this.steps.truncate(this.steps.length - 1);
      this.epochs.truncate(this.epochs.length - 1);
    }
    this.steps.push(step);
    this.epochs.push(epoch);
  }

  get isSet(): boolean {
    return this.steps.length > 0;
  }

  /** The epochs at ascending steps. */
  along(steps: ArrayLike<number>): Float64Array {
    const epochs = Float64Array.from(steps);
    for (let i = 0; i < epochs.length; i++) epochs[i] = this.at(epochs[i] as number);
    return epochs;
  }

  /** The epoch at a step, with a fraction; NaN if no record states any. */
  at(step: number): number {
    const { length } = this.steps;
    if (length === 0) return Number.NaN;
    const after = Math.min(lowerBound(this.steps.view(), step), length - 1);
    const [endStep, endEpoch] = [this.steps.at(after), this.epochs.at(after)];
    const [startStep, startEpoch] =
      after === 0
        ? [Math.min(0, endStep - 1), endEpoch - 1]
        : [this.steps.at(after - 1), this.epochs.at(after - 1)];
    return startEpoch + ((step - startStep) / (endStep - startStep)) * (endEpoch - startEpoch);
  }
}
