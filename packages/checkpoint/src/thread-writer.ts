import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { LoopwrightError, reasonOf } from '@loopwright/core';
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
    const worker = startThread({ port: port2, open: this.open, token: threadToken });
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

/** Starts `writer-thread.ts`, from the build, or from the sources where this file is one of them. */
function startThread(workerData: WriterSetup): Worker {
  const here = import.meta.url;
  const transferList = [workerData.port];
  if (!here.endsWith('.ts')) {
    // Under --input-type Node begins a thread with text only, as it began the program.
    const needsText = process.execArgv.some((option) => option.startsWith('--input-type'));
    if (!needsText) return new Worker(new URL('./writer-thread.js', here), { workerData, transferList });
    const text = `import(${JSON.stringify(new URL('./writer-thread.js', here).href)})`;
    return new Worker(text, { workerData, transferList, eval: true });
  }
  // A thread has no loader for TypeScript of its own in Node 20; tsx is what this repository runs its sources with.
  const [tsx, program] = [import.meta.resolve('tsx/esm/api'), new URL('./writer-thread.ts', here).href].map(
    (url) => JSON.stringify(url),
  );
  const start = `import(${tsx}).then(({ register }) => { register(); return import(${program}); })`;
  const execArgv = ['--conditions=loopwright-source'];
  return new Worker(start, { workerData, transferList, eval: true, execArgv });
}
