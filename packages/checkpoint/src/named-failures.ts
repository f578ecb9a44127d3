import { dirname } from 'node:path';
import { type Checker, LoopwrightError, reasonOf, show } from '@loopwright/core';
import type { FileSystem } from './file-system.ts';
import { showBytes } from './show-bytes.ts';
import { StorageError } from './storage-error.ts';

/** A file system whose errors say what failed, where, and how many bytes it was about. */
export function namingFailures(files: FileSystem, check: Checker): FileSystem {
  const attempt = async <T>(
    what: string,
    operation: () => Promise<T>,
    advice: (cause: unknown) => Promise<string> = async () => '',
  ): Promise<T> => {
    try {
      return await operation();
    } catch (cause) {
      if (cause instanceof LoopwrightError) throw cause;
      const reason = `${reasonOfSystem(cause)}${await advice(cause)}`;
      throw new StorageError(check.where, `cannot ${what}: ${reason}`, { cause });
    }
  };
  return {
    makeFolder: (path) => attempt(`create folder ${show(path)}`, () => files.makeFolder(path)),
    writeFile: (path, chunks) => {
      const bytes = chunks.reduce((total, chunk) => total + chunk.length, 0);
      const room = async (cause: unknown) => (isFull(cause) ? describeRoom(files, dirname(path)) : '');
      return attempt(`write ${showBytes(bytes)} to ${show(path)}`, () => files.writeFile(path, chunks), room);
    },
    syncFolder: (path) => attempt(`flush folder ${show(path)}`, () => files.syncFolder(path)),
    rename: (from, to) => attempt(`rename ${show(from)} to ${show(to)}`, () => files.rename(from, to)),
    remove: (path) => attempt(`remove ${show(path)}`, () => files.remove(path)),
    touch: (path) => attempt(`touch ${show(path)}`, () => files.touch(path)),
    readFile: (path) => attempt(`read ${show(path)}`, () => files.readFile(path)),
    stat: (path) => attempt(`look at ${show(path)}`, () => files.stat(path)),
    listFolders: (path, patterns) => attempt(`list ${show(path)}`, () => files.listFolders(path, patterns)),
    freeBytes: (path) => attempt(`measure ${show(path)}`, () => files.freeBytes(path)),
  };
}

/** Linux's number for a quota that is used up, for which Node has no name. */
const EDQUOT = -122;

function reasonOfSystem(cause: unknown): string {
  const isQuota = (cause as NodeJS.ErrnoException).errno === EDQUOT && process.platform === 'linux';
  return isQuota ? 'disk quota exceeded (EDQUOT)' : reasonOf(cause);
}

function isFull(cause: unknown): boolean {
  const { code, errno } = cause as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || errno === EDQUOT;
}

async function describeRoom(files: FileSystem, folder: string): Promise<string> {
  const free = await files.freeBytes(folder).catch(() => undefined);
  return free === undefined ? '' : `; ${showBytes(free)} are free on that disk`;
}
