/** Everything that a drawing of the progress shows: plain data, times in seconds. */
export interface ProgressView {
  readonly epochs?: EpochsView | undefined;
  /** Outermost first. */
  readonly passes: readonly PassView[];
  /** Names and values, without control characters; and how a value went, which is drawn as a sparkline. */
  readonly metrics: readonly (readonly [name: string, value: string, trend?: readonly number[]])[];
}

export interface EpochsView {
  /** The running epoch counted from 1 on, and how many there are in all. */
  readonly current: number;
  readonly total: number;
  /** Part of all epochs that is done, from 0 to 1. */
  readonly fraction: number;
  readonly elapsed: number;
  /** Time left, once it can be told. */
  readonly left: number | undefined;
}

export interface PassView {
  readonly label: string;
  readonly completed: number;
  readonly length: number | undefined;
  /** Items per second, once it can be told. */
  readonly rate: number | undefined;
  readonly elapsed: number;
  readonly left: number | undefined;
}
