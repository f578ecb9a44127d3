import type { Worker } from 'node:worker_threads';
import { checker, LoopwrightError, reasonOf } from '@loopwright/core';
import { startThread } from '@loopwright/core/threads';
import type { DatasetSpec } from '../dataset.ts';
import { allocateShared } from '../datasets/shared-bytes.ts';
import type { ChannelStatistics } from '../transforms/statistics.ts';
import type { BatchSource, BatchSourceOptions } from './batch-source.ts';
import type { PackedImages } from './pack-images.ts';
import { copyFromSlot } from './slot.ts';
import { type Reply, SampleState, type Task, type WorkerSetup } from './worker-messages.ts';

/** How the thread that trains makes batches of what workers send. */
export type Assemble<B> =
  | {
      readonly from: 'images';
      readonly normalize: ChannelStatistics | undefined;
      collate(images: PackedImages): B;
    }
  | { readonly from: 'samples'; collate(samples: readonly unknown[]): B };

/** Options of {@link WorkerBatches}. */
export interface WorkerBatchesOptions extends BatchSourceOptions {
  readonly workers: number;
  /** Slots of earlier epochs, which are taken from it and put back: shared memory that is dropped is freed late. */
  readonly slots: SharedArrayBuffer[];
}

type Content = Exclude<Reply, { kind: 'failure' }>;

interface Thread {
  readonly worker: Worker;
  /** Batches that it has been sent and not answered. */
  readonly tasks: Map<number, Task>;
  isAlive: boolean;
}

const check = checker('data', 'DataLoader');

/**
 * Batches read by threads, which stay ahead of the step by `prefetch` batches. Each batch is read by one thread, into a
 * slot of shared memory; a slot is free again once its batch has been copied out of it, when that is handed out.
 *
 * What goes wrong with a batch is thrown when its turn comes. The threads keep the process alive only while a batch is
 * waited for.
 */
export class WorkerBatches<B> implements BatchSource<B> {
  private readonly options: BatchSourceOptions;
  private readonly assemble: Assemble<B>;
  private readonly threads: readonly Thread[];
  private readonly slots: SharedArrayBuffer[];
  private readonly arrived = new Map<number, Content | { readonly error: Error }>();
  private sent = 0;
  private taken = 0;
  private isClosed = false;
  /** Called when something has arrived, or all is over. */
  private wake: () => void = () => {};

  constructor(dataset: DatasetSpec, options: WorkerBatchesOptions, assemble: Assemble<B>) {
    this.options = options;
    this.slots = options.slots;
    this.assemble = assemble;
    const { seed, epoch, workers, batches } = options;
    const images = assemble.from === 'images' ? { normalize: assemble.normalize } : (false as const);
    const count = Math.min(workers, batches.length);
    this.threads = Array.from({ length: count }, () => this.watch(start({ dataset, seed, epoch, images })));
    this.send();
  }

  async next() {
    const content = await this.arrival(this.taken++);
    const batch = this.collate(content);
    this.send();
    return { batch, skipped: content.skipped };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.wake();
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
    const unused = [...this.arrived.values(), ...this.threads.flatMap(({ tasks }) => [...tasks.values()])];
    for (const holder of unused)
      if ('slot' in holder && holder.slot !== undefined) this.slots.push(holder.slot);
  }

  private async arrival(batch: number): Promise<Content> {
    while (!this.arrived.has(batch)) {
      if (this.isClosed) check.fail('was disposed while a batch was waited for');
      for (const { worker } of this.threads) worker.ref();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      for (const { worker } of this.threads) worker.unref();
    }
    const content = this.arrived.get(batch) as Content | { readonly error: Error };
    this.arrived.delete(batch);
    if ('error' in content) throw content.error;
    return content;
  }

  private collate(content: Content): B | undefined {
    const { assemble } = this;
    if (content.kind === 'samples') {
      const { samples } = content;
      return assemble.from === 'samples' && samples.length > 0 ? assemble.collate(samples) : undefined;
    }
    const packed = copyFromSlot(content.slot, content.shape);
    this.slots.push(content.slot);
    return assemble.from === 'images' ? assemble.collate(packed) : undefined;
  }

  /** Sends batches until `prefetch` of them are under way or waiting, each to the thread with the least to do. */
  private send(): void {
    const { batches, prefetch } = this.options;
    const alive = this.threads.filter(({ isAlive }) => isAlive);
    while (this.sent < Math.min(batches.length, this.taken + prefetch) && alive.length > 0) {
      const batch = this.sent++;
      const indices = Array.from(batches[batch] as ArrayLike<number>);
      const task: Task = { batch, indices, states: allocateShared(indices.length), slot: this.slots.pop() };
      const thread = alive.reduce((least, one) => (one.tasks.size < least.tasks.size ? one : least));
      thread.tasks.set(batch, task);
      thread.worker.postMessage(task);
    }
  }

  private watch(worker: Worker): Thread {
    const thread: Thread = { worker, tasks: new Map(), isAlive: true };
    worker.unref();
    worker.on('message', (reply: Reply) => {
      thread.tasks.delete(reply.batch);
      this.arrive(reply.batch, reply.kind === 'failure' ? { error: received(reply.error) } : reply);
    });
    // An error may overtake the batches that were sent before it; the exit that follows does not.
    let failed: { readonly cause: unknown } | undefined;
    worker.on('error', (cause) => {
      failed = { cause };
    });
    worker.on('exit', (code) => {
      const end = failed === undefined ? `ended with exit code ${code}` : `failed: ${reasonOf(failed.cause)}`;
      this.bury(thread, `a worker ${end}`, failed);
    });
    return thread;
  }

  /** What a thread that has died was to read will not come. */
  private bury(thread: Thread, what: string, options?: ErrorOptions): void {
    if (!thread.isAlive || this.isClosed) return;
    thread.isAlive = false;
    const unread = thread.tasks.size > 0 ? [...thread.tasks] : [[this.sent, undefined] as const];
    for (const [batch, task] of unread) {
      this.arrive(batch, { error: failure(`${what}${whileReading(task)}`, options) });
    }
  }

  private arrive(batch: number, content: Content | { readonly error: Error }): void {
    this.arrived.set(batch, content);
    this.wake();
  }
}

function start(setup: WorkerSetup): Worker {
  try {
    return startThread(import.meta.url, 'worker', { workerData: setup });
  } catch (cause) {
    const advice = 'use datasetFromModule, or set workers: 0';
    return check.fail(`the data set cannot be sent to workers: ${reasonOf(cause)}; ${advice}`, { cause });
  }
}

/** The samples that were begun and not done: one, unless they are read as promises. */
function whileReading(task: Task | undefined): string {
  const begun = task?.indices.filter((_, position) => task.states[position] === SampleState.begun) ?? [];
  if (begun.length === 0) return '';
  return ` while it read ${begun.length === 1 ? 'sample' : 'samples'} ${begun.join(', ')}`;
}

/** A worker's error as one of this thread. */
function received(error: Error): LoopwrightError {
  return failure(error.message.replace('[loopwright/data] DataLoader: ', ''), { cause: error });
}

function failure(message: string, options?: ErrorOptions): LoopwrightError {
  return new LoopwrightError(check.where, message, options);
}
