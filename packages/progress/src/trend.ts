/** Twice as many points as a sparkline of the usual width has. */
const MOST_POINTS = 32;

/** The course of a value since it began, in few points: each is the mean of equally many values. */
export class Trend {
  private points: number[] = [];
  /** So many values make a point. */
  private stride = 1;
  private sum = 0;
  private count = 0;

  /** Takes in the next value; one that is not finite is passed over. */
  add(value: number): void {
    if (!Number.isFinite(value)) return;
    this.sum += value;
    this.count += 1;
    if (this.count < this.stride) return;
    this.points.push(this.sum / this.count);
    [this.sum, this.count] = [0, 0];
    if (this.points.length < MOST_POINTS) return;
    this.points = this.points.flatMap((point, index) => {
      const next = this.points[index + 1];
      return index % 2 === 0 && next !== undefined ? [(point + next) / 2] : [];
    });
    this.stride *= 2;
  }

  /** In the order of time, the values that do not make a whole point yet as one, too. */
  get values(): readonly number[] {
    return this.count === 0 ? this.points : [...this.points, this.sum / this.count];
  }
}
