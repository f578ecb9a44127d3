/** What the hparams plugin stores: three messages, each under a tag of its own. */
export type Hparams = HparamsExperiment | HparamsStart | HparamsEnd;

/** The value of an option. */
export type HparamValue = number | string | boolean;

/** Which options and metrics the runs of an experiment have: the columns of the table. */
export interface HparamsExperiment {
  readonly part: 'experiment';
  readonly hparams: readonly {
    readonly name: string;
    readonly type: 'number' | 'string' | 'boolean' | 'unset';
  }[];
  /** `tag` of the curve; `group` is the folder below the run's that has it, or empty. */
  readonly metrics: readonly { readonly tag: string; readonly group: string }[];
}

/** The options of one run. */
export interface HparamsStart {
  readonly part: 'start';
  readonly hparams: Readonly<Record<string, HparamValue>>;
  /** Runs of one group are one row; empty for a run that stands alone. */
  readonly group: string;
  /** Seconds since 1970; 0 if the writer did not say. */
  readonly time: number;
}

/** How one run ended. */
export interface HparamsEnd {
  readonly part: 'end';
  readonly status: 'unknown' | 'success' | 'failure' | 'running';
  /** Seconds since 1970; 0 if the writer did not say. */
  readonly time: number;
}
