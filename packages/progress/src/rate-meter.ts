/** After this many seconds, what was seen counts half. */
const HALF_LIFE_SECONDS = 10;

/**
 * The present speed of a counter: items per second, averaged with weights that halve every 10 seconds, so that a slow
 * first step fades. Over a time much shorter than that it is the plain mean.
 */
export class RateMeter {
  private items = 0;
  private seconds = 0;
  private lastCount: number;
  private lastSeconds: number;

  constructor(count: number, now: number) {
    this.lastCount = count;
    this.lastSeconds = now;
  }

  /** Takes in that `count` items were done at time `now`, in seconds. */
  observe(count: number, now: number): void {
    if (count === this.lastCount) return;
    const elapsed = Math.max(0, now - this.lastSeconds);
    const decay = 0.5 ** (elapsed / HALF_LIFE_SECONDS);
    this.items = this.items * decay + (count - this.lastCount);
    this.seconds = this.seconds * decay + elapsed;
    this.lastCount = count;
    this.lastSeconds = now;
  }

  /** Items per second; undefined before anything was done. */
  get rate(): number | undefined {
    return this.items > 0 && this.seconds > 0 ? this.items / this.seconds : undefined;
  }
}
