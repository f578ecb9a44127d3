import { mkdir, open, rename, rm, stat, statfs, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '@loopwright/core/files';
import fastGlob from 'fast-glob';
import type { FileSystem } from './file-system.ts';

/**
 * The machine's own files.
 *
 * @example
 * const slowDisk = {
 *   ...nodeFileSystem,
 *   syncFolder: async (path: string) => {
 *     await new Promise((resolve) => setTimeout(resolve, 10));
 *     await nodeFileSystem.syncFolder(path);
 *   },
 * };
 * const checkpoints = new CheckpointSaver('checkpoints', { fileSystem: slowDisk });
 */
export const nodeFileSystem: FileSystem = {
  makeFolder,

  async writeFile(path, chunks) {
    const handle = await open(path, 'wx');
    try {
      await writeFile(handle, chunks);
      await handle.sync();
    } finally {
      await handle.close();
    }
  },

  syncFolder,
  rename,
  remove: (path) => rm(path, { recursive: true, force: true }),

  async touch(path) {
    const now = new Date();
    await utimes(path, now, now);
  },

  async readFile(path) {
    const handle = await orMissing(open(path, 'r'));
    if (handle === undefined) return undefined;
    try {
      const { size } = await handle.stat();
      const bytes = new Uint8Array(size);
      // Piece by piece: node reads no file above 2 GiB at once.
      let filled = 0;
      while (filled < size) {
        const { bytesRead } = await handle.read(bytes, filled, Math.min(size - filled, 2 ** 30), filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await handle.close();
    }
  },

  async stat(path) {
    const facts = await orMissing(stat(path, { bigint: true }));
    if (facts === undefined) return undefined;
    const id = facts.ino === 0n ? undefined : String(facts.ino);
    return { bytes: Number(facts.size), changed: Number(facts.mtimeNs), id };
  },

  listFolders: (path, patterns) =>
    fastGlob([...patterns], { cwd: path, onlyDirectories: true, deep: 1, dot: true }),

  async freeBytes(path) {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

/** Node's own way of making parents, too, says of a read-only disk that there is no such folder. */
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await makeOne(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    await makeFolder(parent);
    await makeOne(path);
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  await syncFolder(dirname(path));
}

async function orMissing<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
