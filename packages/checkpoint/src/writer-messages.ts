import type { MessagePort } from 'node:worker_threads';
import type { CheckpointEvent } from './checkpoint-event.ts';
import type { WriterTask } from './folder-writer.ts';
import type { SentError } from './sent-error.ts';

/** What the thread that writes is started with. */
export interface WriterSetup {
  /** Carries requests one way and replies the other. */
  readonly port: MessagePort;
  /** One number, in shared memory: how many tasks are not yet replied to. */
  readonly open: Int32Array;
  /** What locks are held by. */
  readonly token: string;
}

/** To the thread. */
export interface Request {
  readonly id: number;
  readonly directory: string;
  readonly task: WriterTask;
}

/** From the thread: any number of events of a task, then one that says how it ended. */
export type Reply = { readonly id: number } & (
  | { readonly kind: 'event'; readonly event: CheckpointEvent }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: SentError }
);
