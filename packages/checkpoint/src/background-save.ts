import type { CheckpointInfo } from './checkpoint-info.ts';
import { forgetSave, type UntoldSave, watchSave } from './process-end.ts';

/** A checkpoint whose state is copied, and which is being written beside the loop. */
export interface PendingSave extends CheckpointInfo {
  /**
   * Resolves when it is in place, and rejects if it could not be written; then that is yours to handle, and no later call
   * throws it.
   */
  written(): Promise<CheckpointInfo>;
}

/** Called when a save is over, with an error if it failed. */
export type Settle = (error?: Error) => void;

/** A save from when its state is copied until it is over, and somebody knows if it has failed. */
export class BackgroundSave implements UntoldSave {
  readonly path: string;
  readonly outcome: Promise<CheckpointInfo>;
  failure: Error | undefined;
  private readonly info: CheckpointInfo;
  private isTold = false;

  /** @param onFailure called before anybody else hears of it */
  constructor(
    info: CheckpointInfo,
    start: (settle: Settle) => void,
    onFailure: (save: BackgroundSave, error: Error) => void,
  ) {
    this.info = info;
    this.path = info.path;
    watchSave(this);
    this.outcome = new Promise((resolve, reject) => {
      start((error) => {
        this.failure = error;
        if (error !== undefined) onFailure(this, error);
        if (error === undefined || this.isTold) forgetSave(this);
        if (error === undefined) resolve(info);
        else reject(error);
      });
    });
    // Whoever asks for it handles it, and takeFailure is there for all others.
    this.outcome.catch(() => undefined);
  }

  /** What the user gets. */
  get pending(): PendingSave {
    const written = () => {
      this.tell();
      return this.outcome.then((info) => info);
    };
    return { ...this.info, written };
  }

  /** Why it failed, if nobody has been told; now somebody is. */
  takeFailure(): Error | undefined {
    if (this.failure === undefined || this.isTold) return undefined;
    this.tell();
    return this.failure;
  }

  /** Somebody handles a failure, should there be one. */
  tell(): void {
    this.isTold = true;
    if (this.failure !== undefined) forgetSave(this);
  }
}
