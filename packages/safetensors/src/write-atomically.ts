import { reasonOf } from '@loopwright/core';
import type { Fail } from './failure.ts';

/**
 * Writes a file so that a crash at any moment leaves the old one or the new one, whole: into a temporary file beside
 * it, flushed to the disk, then renamed, and the rename flushed too.
 */
export async function writeAtomically(
  path: string,
  chunks: readonly Uint8Array[],
  fail: Fail,
): Promise<void> {
  const { open, rename, rm, writeFile } = await import('node:fs/promises');
  const { basename, dirname, join } = await import('node:path');
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.tmp-${process.pid}-${crypto.randomUUID()}`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      await writeFile(handle, chunks);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (error) {
    await rm(temporary, { force: true });
    fail(`cannot write: ${reasonOf(error)}`, { cause: error });
  }
}

/** Flushes a directory, without which a rename may not survive a power cut. Windows has no such call. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { open } = await import('node:fs/promises');
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
