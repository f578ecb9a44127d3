/** A run that ended well. */
export interface CompletedRun {
  readonly seed: number;
  /** What it came to, by name. */
  readonly values: Readonly<Record<string, number>>;
  /** How long it took, in the process that ended it. */
  readonly seconds: number;
}

/** A run that threw, or came to a value that is not finite. */
export interface FailedRun {
  readonly seed: number;
  /** The message of what it threw. */
  readonly error: string;
  /** Where it was thrown. */
  readonly stack?: string;
  readonly seconds: number;
}

export type RunOutcome = CompletedRun | FailedRun;

/** Whether a run ended well. */
export function isCompleted(outcome: RunOutcome | undefined): outcome is CompletedRun {
  return outcome !== undefined && 'values' in outcome;
}
