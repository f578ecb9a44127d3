/** A curve to be drawn: its points in order; null where it is interrupted. */
export interface Curve {
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Where `y` is smoothed, what was logged at the same points. */
  readonly logged?: readonly (number | null)[];
  /** How many values were logged, and how many of them are no finite numbers. */
  readonly count: number;
  readonly notFinite: number;
}

/** The mean over runs, and how far they scatter around it. */
export interface Band extends Curve {
  /** Mean minus and plus the sample standard deviation; null where fewer than two runs have a value. */
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** Over how many runs. */
  readonly runs: readonly number[];
}
