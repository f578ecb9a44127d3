/** What was logged at one position. */
export interface Sample<T> {
  readonly position: number;
  readonly item: T;
}

/**
 * Large things that are logged again and again: images, histograms, texts. When there are more than `limit`, every second
 * one is let go, so that what is kept spans the whole run evenly, and the newest is always there.
 */
export class Samples<T> {
  private readonly limit: number;
  private kept: Sample<T>[] = [];
  /** Only every so many'th is kept for good. */
  private stride = 1;
  private count = 0;
  /** Whether the newest is there only because it is the newest. */
  private isSpare = false;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** By ascending position. */
  get all(): readonly Sample<T>[] {
    return this.kept;
  }

  /** What stands at this position or later gives way, as in a {@link Series}. */
  add(position: number, item: T): void {
    this.dropFrom(position);
    if (this.isSpare) this.kept.pop();
    this.kept.push({ position, item });
    if (this.kept.length > this.limit) {
      this.kept = this.kept.filter((_, index) => index % 2 === 0 || index === this.kept.length - 1);
      this.stride *= 2;
    }
    this.isSpare = this.count % this.stride !== 0;
    this.count += 1;
  }

  dropFrom(position: number): void {
    const { length } = this.kept;
    this.kept = this.kept.filter((sample) => sample.position < position);
    if (this.kept.length < length) this.isSpare = false;
  }
}
