import type { Checker, HasParamGroups } from '@loopwright/core';

/**
 * Sets the rates of an optimizer's groups so that the highest is the one given and the others keep their ratio to it.
 * Groups of equal rates get equal rates, also where these are 0.
 */
export class GroupRates {
  private readonly check: Checker;
  private readonly groups: HasParamGroups['paramGroups'];
  private readonly ratios: readonly number[];
  private set: readonly number[] = [];

  constructor(check: Checker, { paramGroups }: HasParamGroups) {
    const rates = paramGroups.map(({ learningRate }) => learningRate);
    const highest = Math.max(...rates);
    this.check = check;
    this.groups = paramGroups;
    this.ratios = rates.map((rate) => (highest === 0 ? 1 : rate / highest));
  }

  /** @param lr for the group whose rate was the highest */
  assign(lr: number): void {
    this.set = this.ratios.map((ratio) => ratio * lr);
    for (const [index, group] of this.groups.entries()) group.learningRate = this.set[index] as number;
  }

  /** @throws LoopwrightError if something else has set a rate since: a scheduler in the step would undo the test */
  expectUnchanged(): void {
    for (const [index, { learningRate }] of this.groups.entries()) {
      if (learningRate === this.set[index]) continue;
      this.check.fail(
        `the step changed a learning rate from ${this.set[index]} to ${learningRate}; leave schedulers out of it`,
      );
    }
  }
}
