/** Something that a saver did. `message` is a whole line for people; nothing is printed unless you do. */
export interface CheckpointEvent {
  /**
   * - `saved`, `removed`: a checkpoint was written; one was rotated out.
   * - `resumed`, `started`: `resume` loaded a checkpoint; or found none.
   * - `skipped`: `resume` passed over a damaged checkpoint.
   * - `restored`, `cleaned`: a dead process's replaced checkpoint was put back; its unfinished folder was removed.
   */
  readonly kind: 'saved' | 'removed' | 'resumed' | 'started' | 'skipped' | 'restored' | 'cleaned';
  readonly message: string;
  /** The folder that it happened to; of `started`, the one that was searched. */
  readonly path: string;
}
