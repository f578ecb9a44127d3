/**
 * All that a {@link CheckpointSaver} asks of storage. Give one of your own to test what happens when a disk fails, or to
 * delay, count or redirect operations; wrap `nodeFileSystem` where only some of them differ.
 *
 * Every method that returns has done its work durably where it says so. A method that rejects may have done it in part.
 */
export interface FileSystem {
  /** Creates a folder and its missing parents, durably. It may exist. */
  makeFolder(path: string): Promise<void>;
  /** Creates a file from pieces, one after the other, and flushes it to the disk. It must not exist. */
  writeFile(path: string, chunks: readonly Uint8Array[]): Promise<void>;
  /** Flushes a folder's entries to the disk, so that files made in it and renames survive a power cut. */
  syncFolder(path: string): Promise<void>;
  /** Renames a file or folder within a folder, at once; `to` does not exist. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or folder and all in it. It may be missing. */
  remove(path: string): Promise<void>;
  /** A file's contents, or `undefined` if there is none. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** A file's size in bytes, or `undefined` if there is none. */
  fileSize(path: string): Promise<number | undefined>;
  /** The names of the folders in a folder that match one of the fast-glob patterns; none if it is missing. */
  listFolders(path: string, patterns: readonly string[]): Promise<string[]>;
}
