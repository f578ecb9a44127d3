import type { FileSystem } from './file-system.ts';
import { FolderWriter, type WriterTask } from './folder-writer.ts';
import type { TaskListener, Writer } from './writer.ts';

/** Performs tasks in the thread that starts them. */
export class LocalWriter implements Writer {
  private readonly folder: FolderWriter;

  constructor(fileSystem: FileSystem, directory: string, token: string) {
    this.folder = new FolderWriter(fileSystem, directory, token);
  }

  start(task: WriterTask, listener: TaskListener): void {
    this.folder
      .perform(task, (event) => listener.report(event))
      .then(
        () => listener.settle(),
        (error) => listener.settle(error),
      );
  }
}
