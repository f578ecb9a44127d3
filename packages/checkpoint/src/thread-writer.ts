import { MessageChannel, type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { LoopwrightError, reasonOf } from '@loopwright/core';
import { startThread } from '@loopwright/core/threads';
import { check } from './check.ts';
import type { WriterTask } from './folder-writer.ts';
import { receiveError } from './sent-error.ts';
import { threadToken } from './thread-token.ts';
import type { TaskListener, Writer } from './writer.ts';
import type { Reply, Request, WriterSetup } from './writer-messages.ts';

/** Performs tasks in a thread of its own, which all folders share and which starts with the first task. */
export class ThreadWriter implements Writer {
  private readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  start(task: WriterTask, listener: TaskListener): void {
    thread ??= new WriterThread();
    thread.send(this.directory, task, listener);
  }
}

/**
 * Waits until the thread has done all that was asked of it, and hears how it went; the event loop does not turn meanwhile.
 * For the end of the process.
 *
 * @returns false if it took longer
 */
export function finishWriting(timeoutMs: number): boolean {
  return thread?.finish(timeoutMs) ?? true;
}

let thread: WriterThread | undefined;

class WriterThread {
  private readonly port: MessagePort;
  private readonly open = new Int32Array(new SharedArrayBuffer(4));
  private readonly listeners = new Map<number, TaskListener>();
  private requests = 0;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData: WriterSetup = { port: port2, open: this.open, token: threadToken };
    const worker = startThread(import.meta.url, 'writer-thread', { workerData, transferList: [port2] });
    worker.unref();
    worker.on('error', (error) => this.fail(error));
    worker.on('exit', (code) => this.fail(new Error(`it ended with code ${code}`)));
    port1.on('message', (reply: Reply) => this.receive(reply));
    port1.unref();
  }

  send(directory: string, task: WriterTask, listener: TaskListener): void {
    const id = this.requests++;
    this.listeners.set(id, listener);
    Atomics.add(this.open, 0, 1);
    // A process does not end before the reply.
    this.port.ref();
    this.port.postMessage({ id, directory, task } satisfies Request);
  }

  finish(timeoutMs: number): boolean {
    const end = performance.now() + timeoutMs;
    for (let open = Atomics.load(this.open, 0); open > 0; open = Atomics.load(this.open, 0)) {
      if (Atomics.wait(this.open, 0, open, Math.max(0, end - performance.now())) === 'timed-out')
        return false;
    }
    for (let next = receiveMessageOnPort(this.port); next; next = receiveMessageOnPort(this.port)) {
      this.receive(next.message as Reply);
    }
    return true;
  }

  private receive(reply: Reply): void {
    const listener = this.listeners.get(reply.id);
    if (reply.kind === 'event') {
      listener?.report(reply.event);
    } else {
      this.listeners.delete(reply.id);
      if (this.listeners.size === 0) this.port.unref();
      listener?.settle(reply.kind === 'failed' ? receiveError(reply.error) : undefined);
    }
  }

  /** The thread is gone; the next task starts another. */
  private fail(cause: Error): void {
    if (thread === this) thread = undefined;
    this.port.close();
    Atomics.store(this.open, 0, 0);
    const message = `the thread that writes has died: ${reasonOf(cause)}`;
    const listeners = [...this.listeners.values()];
    this.listeners.clear();
    for (const listener of listeners) listener.settle(new LoopwrightError(check.where, message, { cause }));
  }
}
