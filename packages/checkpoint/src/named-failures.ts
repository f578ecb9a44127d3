import { type Checker, LoopwrightError, reasonOf, show } from '@loopwright/core';
import type { FileSystem } from './file-system.ts';
import { showBytes } from './show-bytes.ts';

/** A file system whose errors say what failed, where, and how many bytes it was about. */
export function namingFailures(files: FileSystem, check: Checker): FileSystem {
  const attempt = async <T>(what: string, operation: () => Promise<T>): Promise<T> => {
    try {
      return await operation();
    } catch (error) {
      if (error instanceof LoopwrightError) throw error;
      return check.fail(`cannot ${what}: ${reasonOf(error)}`, { cause: error });
    }
  };
  return {
    makeFolder: (path) => attempt(`create folder ${show(path)}`, () => files.makeFolder(path)),
    writeFile: (path, chunks) => {
      const bytes = chunks.reduce((total, chunk) => total + chunk.length, 0);
      return attempt(`write ${showBytes(bytes)} to ${show(path)}`, () => files.writeFile(path, chunks));
    },
    syncFolder: (path) => attempt(`flush folder ${show(path)}`, () => files.syncFolder(path)),
    rename: (from, to) => attempt(`rename ${show(from)} to ${show(to)}`, () => files.rename(from, to)),
    remove: (path) => attempt(`remove ${show(path)}`, () => files.remove(path)),
    readFile: (path) => attempt(`read ${show(path)}`, () => files.readFile(path)),
    fileSize: (path) => attempt(`look at ${show(path)}`, () => files.fileSize(path)),
    listFolders: (path, patterns) => attempt(`list ${show(path)}`, () => files.listFolders(path, patterns)),
  };
}
