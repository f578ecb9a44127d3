/** One tracked pass over an iterable, as a display sees it. The object is live: it changes as the pass goes on. */
export interface ProgressPass {
  /** What is shown before its counts: `train`, `validation`. */
  readonly label: string;
  /** Items of the whole pass, where known. */
  readonly length: number | undefined;
  /** Items that were done before this process: 0, or where a resumed epoch goes on. */
  readonly from: number;
  /** Items that are done, `from` included; the one whose loop body runs is not. */
  readonly completed: number;
  /** Whether its items count as training iterations. */
  readonly counted: boolean;
}

/** The epochs of one call of `ProgressTracker.epochs`: `from`, `from + 1`, …, `end - 1`. */
export interface EpochSpan {
  readonly from: number;
  readonly end: number;
}

/**
 * What shows the progress of a `ProgressTracker`. The tracker calls these between the user's own steps, so none may
 * throw, wait, or do more than it must: {@link stepped} is called for every batch.
 *
 * A loop that is left by `break` or by an error ends its pass and its span all the same, innermost first, but the
 * broken-off epoch does not end.
 */
export interface ProgressDisplay {
  epochsStarted(span: EpochSpan): void;
  epochStarted(epoch: number): void;
  epochEnded(epoch: number): void;
  epochsEnded(): void;
  passStarted(pass: ProgressPass): void;
  /** An item is about to be handed out; those before it are done. */
  stepped(pass: ProgressPass): void;
  passEnded(pass: ProgressPass): void;
}
