/** When a plain line is due: at every mark of the whole, and after so many seconds without one. */
export class LineSchedule {
  private readonly percent: number;
  private readonly seconds: number;
  private lastMark = 0;
  private lastSeconds = 0;

  constructor(percent: number, seconds: number) {
    this.percent = percent;
    this.seconds = seconds;
  }

  /** A line now would stand for this part of the whole, from 0 to 1, undefined where it is not known. */
  due(fraction: number | undefined, now: number): boolean {
    return this.mark(fraction) > this.lastMark || now - this.lastSeconds >= this.seconds;
  }

  /** A line was printed, or a loop begins here. */
  restart(fraction: number | undefined, now: number): void {
    this.lastMark = this.mark(fraction);
    this.lastSeconds = now;
  }

  private mark(fraction: number | undefined): number {
    // The tolerance keeps seven tenths at the mark of 70 %.
    return fraction === undefined ? 0 : Math.floor((fraction * 100) / this.percent + 1e-9);
  }
}
