import type { StateDict, Stateful } from '@loopwright/core';

/**
 * Seconds of work over all processes that took part in a run: put it among what is saved. Work that a kill has lost was
 * never saved and does not count.
 */
export class Stopwatch implements Stateful {
  private before = 0;
  private started = performance.now();

  get seconds(): number {
    return this.before + (performance.now() - this.started) / 1000;
  }

  stateDict(): StateDict {
    return { version: 1, seconds: this.seconds };
  }

  loadStateDict(state: StateDict): void {
    this.before = state.seconds as number;
    this.started = performance.now();
  }
}
