/** What an install is doing. A step with `total` reports again and again until `done` equals it. */
export interface InstallProgress {
  readonly step: string;
  /** Bytes so far, and in all where that is known. */
  readonly done?: number;
  readonly total?: number;
}

export type OnProgress = (progress: InstallProgress) => void;
