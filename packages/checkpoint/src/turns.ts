/** Has a turn last until something else is over, too, which may fail. */
export type Beside = (work: Promise<unknown>) => void;

/** Calls that wait for each other, whether or not their callers wait for them. */
export class Turns {
  /** What the next call waits for; nothing if all are done. */
  private last: Promise<unknown> | undefined;

  /** Calls when it is its turn: at once, before `take` returns, if nothing is going on. */
  take<T>(call: (beside: Beside) => Promise<T>): Promise<T> {
    const works: Promise<unknown>[] = [];
    const start = () => call((work) => works.push(work));
    const result = this.last === undefined ? start() : this.last.then(start);
    const last = Promise.allSettled([result])
      .then(() => Promise.allSettled(works))
      .then(() => {
        if (this.last === last) this.last = undefined;
      });
    this.last = last;
    return result;
  }
}
