import { lowerBound, Numbers } from './numbers.ts';

/**
 * The values of one metric, by ascending position.
 *
 * A value at a position that has been passed already belongs to a run that was resumed, and what is there from this
 * position on to a future that was given up: it is dropped, as TensorBoard purges it. So no position is there twice.
 */
export class Series {
  /** Steps, or what stands for them. */
  readonly positions = new Numbers();
  readonly values = new Numbers();
  /** Seconds since the start of the run, rounded to float32; undefined where nothing tells the time. */
  readonly times: Numbers | undefined;
  /** Changes with every change. */
  version = 0;

  constructor(hasTimes: boolean) {
    if (hasTimes) this.times = new Numbers();
  }

  get length(): number {
    return this.positions.length;
  }

  /** @returns whether what was there had to give way */
  append(position: number, value: number, seconds: number): boolean {
    const passed = position <= this.positions.last;
    if (passed) this.dropFrom(position);
    this.positions.push(position);
    this.values.push(value);
    this.times?.push(Math.fround(seconds));
    this.version += 1;
    return passed;
  }

  /** Drops what stands at `position` or later. */
  dropFrom(position: number): void {
    const length = lowerBound(this.positions.view(), position);
    if (length === this.length) return;
    for (const numbers of [this.positions, this.values, this.times]) numbers?.truncate(length);
    this.version += 1;
  }
}
