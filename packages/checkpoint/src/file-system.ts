/**
 * All that a {@link CheckpointSaver} asks of storage. Give one of your own to test what happens when a disk fails, or to
 * delay, count or redirect operations; wrap `nodeFileSystem` where only some of them differ.
 *
 * `nodeFileSystem` itself is called in a thread beside the loop. One of your own is called in the thread that made the
 * saver, and so goes on only while that thread's event loop turns.
 *
 * Every method that returns has done its work durably where it says so. A method that rejects may have done it in part.
 */
export interface FileSystem {
  /** Creates a folder and its missing parents, durably. It may exist. */
  makeFolder(path: string): Promise<void>;
  /**
   * Creates a file from pieces, one after the other, and flushes it to the disk. It must not exist. The pieces may lie in
   * shared memory, which changes after the promise has settled.
   */
  writeFile(path: string, chunks: readonly Uint8Array[]): Promise<void>;
  /** Flushes a folder's entries to the disk, so that files made in it and renames survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Renames a file or folder within a folder, at once. Rejects if `to` is a folder that is not empty. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or folder and all in it. It may be missing. */
  remove(path: string): Promise<void>;
  /** Sets the time of a file's last change to now. */
  touch(path: string): Promise<void>;
  /** A file's contents, or `undefined` if there is none. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** What is known of a file or folder, or `undefined` if there is none. */
  stat(path: string): Promise<FileFacts | undefined>;
  /** The names of the folders in a folder that match one of the fast-glob patterns; none if it is missing. */
  listFolders(path: string, patterns: readonly string[]): Promise<string[]>;
  /** How many bytes can still be written to a folder that exists, if that is known. */
  freeBytes(path: string): Promise<number | undefined>;
}

/** What {@link FileSystem.stat} finds out. */
export interface FileFacts {
  readonly bytes: number;
  /** When it was last changed, by its disk's clock: only good for being compared with itself. */
  readonly changed: number;
  /** What tells it from a copy of it and stays when it is renamed: the inode. `undefined` where there are none. */
  readonly id: string | undefined;
}
