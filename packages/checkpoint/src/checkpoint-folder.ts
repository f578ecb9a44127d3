import type { CheckpointEvent } from './checkpoint-event.ts';
import type { FileSystem } from './file-system.ts';
import type { WriterTask } from './folder-writer.ts';
import { LocalWriter } from './local-writer.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { forgetLock, watchLock } from './process-end.ts';
import { SharedCopy } from './shared-copy.ts';
import { threadToken } from './thread-token.ts';
import { ThreadWriter } from './thread-writer.ts';
import { Turns } from './turns.ts';
import type { TaskListener, Writer } from './writer.ts';

/** A folder as one process sees it: its savers take turns, and share the lock and the memory for a pending copy. */
export class CheckpointFolder {
  readonly turns = new Turns();
  readonly copy = new SharedCopy();
  private readonly directory: string;
  private readonly writer: Writer;
  private readonly savers = new Set<object>();
  /** Those of the savers that need the lock. */
  private readonly writing = new Set<object>();

  /**
   * Gives a saver its folder, until it is garbage.
   *
   * @param ticket stands for the saver, without keeping it from being garbage
   */
  static open(saver: object, ticket: object, directory: string, fileSystem: FileSystem): CheckpointFolder {
    const isShared = fileSystem === nodeFileSystem;
    const folder = (isShared && folders.get(directory)) || new CheckpointFolder(directory, fileSystem);
    if (isShared) folders.set(directory, folder);
    folder.savers.add(ticket);
    garbage.register(saver, { folder, ticket });
    return folder;
  }

  private constructor(directory: string, fileSystem: FileSystem) {
    this.directory = directory;
    this.writer =
      fileSystem === nodeFileSystem
        ? new ThreadWriter(directory)
        : new LocalWriter(fileSystem, directory, threadToken);
  }

  /** Locks the folder for a saver and clears it of left-overs; does nothing the second time. */
  async lock(ticket: object, report: (event: CheckpointEvent) => void): Promise<void> {
    if (this.writing.has(ticket)) return;
    await this.perform({ kind: 'lock' }, report);
    this.writing.add(ticket);
    watchLock(this);
  }

  /** Unlocks the folder, unless another saver needs it locked. */
  async unlock(ticket: object): Promise<void> {
    if (!this.writing.delete(ticket) || this.writing.size > 0) return;
    forgetLock(this);
    await this.perform({ kind: 'release' });
  }

  /** Starts a task that nobody waits for. */
  start(task: WriterTask, listener: TaskListener): void {
    this.writer.start(task, listener);
  }

  /** The saver is no more. */
  leave(ticket: object): void {
    this.savers.delete(ticket);
    if (this.savers.size === 0 && folders.get(this.directory) === this) folders.delete(this.directory);
    this.turns.take(() => this.unlock(ticket)).catch(() => undefined);
  }

  private perform(task: WriterTask, report: (event: CheckpointEvent) => void = () => {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => (error === undefined ? resolve() : reject(error));
      this.writer.start(task, { report, settle });
    });
  }
}

const folders = new Map<string, CheckpointFolder>();

const garbage = new FinalizationRegistry<{ folder: CheckpointFolder; ticket: object }>(({ folder, ticket }) =>
  folder.leave(ticket),
);
