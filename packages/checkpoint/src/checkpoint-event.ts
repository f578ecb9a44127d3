/** Something that a saver did. `message` is a whole line for people; nothing is printed unless you do. */
export interface CheckpointEvent {
  /**
   * - `saved`, `removed`: a checkpoint was written; one was rotated out.
   * - `failed`: one could not be written.
   * - `resumed`, `started`: `resume` loaded a checkpoint; or found none.
   * - `skipped`: `resume` passed over a damaged checkpoint.
   * - `restored`, `cleaned`: a dead process's replaced checkpoint was put back; its unfinished folder was removed.
   * - `waiting`, `takenOver`: a lock is watched, to see whether its owner lives; a dead process's lock was taken over.
   */
  readonly kind:
    | 'saved'
    | 'removed'
    | 'failed'
    | 'resumed'
    | 'started'
    | 'skipped'
    | 'restored'
    | 'cleaned'
    | 'waiting'
    | 'takenOver';
  readonly message: string;
  /** The folder that it happened to; of `started`, `waiting` and `takenOver`, the one that holds all checkpoints. */
  readonly path: string;
}
