import type { CheckpointEvent } from './checkpoint-event.ts';
import type { WriterTask } from './folder-writer.ts';

/** Who performs tasks on one folder: a thread beside the loop, or the loop's own where the file system needs that. */
export interface Writer {
  /**
   * Starts a task. Those of one writer must follow each other.
   *
   * @param listener called synchronously, so that it hears what comes in while the process ends, too
   */
  start(task: WriterTask, listener: TaskListener): void;
}

/** What becomes of a task. */
export interface TaskListener {
  report(event: CheckpointEvent): void;
  /** The task is over; with an error, if it failed. */
  settle(error?: Error): void;
}
