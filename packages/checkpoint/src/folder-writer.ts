import { check } from './check.ts';
import type { CheckpointEvent } from './checkpoint-event.ts';
import type { FileSystem } from './file-system.ts';
import { FolderLock } from './folder-lock.ts';
import { clearLeftovers } from './leftovers.ts';
import { namingFailures } from './named-failures.ts';
import { performSave, type SaveJob } from './save-job.ts';

/** Something to be done to a folder of checkpoints: to lock it and clear it of left-overs, to save, to unlock it. */
export type WriterTask =
  | { readonly kind: 'lock' }
  | { readonly kind: 'save'; readonly job: SaveJob }
  | { readonly kind: 'release' };

/** Changes a folder of checkpoints, one task after the other, as nobody else does meanwhile. */
export class FolderWriter {
  private readonly files: FileSystem;
  private readonly directory: string;
  private readonly lock: FolderLock;

  constructor(fileSystem: FileSystem, directory: string, token: string) {
    this.files = namingFailures(fileSystem, check);
    this.directory = directory;
    this.lock = new FolderLock(this.files, directory, token);
  }

  async perform(task: WriterTask, report: (event: CheckpointEvent) => void): Promise<void> {
    if (task.kind === 'release') return this.lock.release();
    await (task.kind === 'lock' ? this.lock.take(report) : this.lock.keep(report));
    await clearLeftovers(this.files, this.directory, report);
    if (task.kind === 'save') await performSave(this.files, this.directory, task.job, report);
  }
}
