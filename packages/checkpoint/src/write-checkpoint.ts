import { join } from 'node:path';
import type { FileSystem } from './file-system.ts';
import { transientName } from './transient-folder.ts';

/** A file to be written, in pieces. */
export type NewFile = readonly [name: string, chunks: readonly Uint8Array[]];

/**
 * Writes a folder so that a crash at any moment leaves the folder of that name as it was, or the new one, whole: the files
 * are written beside, in the order given, everything is flushed, and the folder renamed.
 */
export async function writeCheckpoint(
  files: FileSystem,
  folder: string,
  name: string,
  contents: readonly NewFile[],
): Promise<void> {
  await files.makeFolder(folder);
  await inTransientFolder(files, join(folder, transientName(name, 'new')), async (written) => {
    await files.makeFolder(written);
    for (const [file, chunks] of contents) await files.writeFile(join(written, file), chunks);
    await files.syncFolder(written);
    await moveIntoPlace(files, folder, name, written);
  });
}

/** Takes a checkpoint out of sight at once, then removes it. */
export async function removeCheckpoint(files: FileSystem, folder: string, name: string): Promise<void> {
  await inTransientFolder(files, join(folder, transientName(name, 'gone')), async (gone) => {
    await files.rename(join(folder, name), gone);
    await files.syncFolder(folder);
    await files.remove(gone);
  });
}

async function moveIntoPlace(files: FileSystem, folder: string, name: string, from: string): Promise<void> {
  if ((await files.stat(join(folder, name))) === undefined) {
    await files.rename(from, join(folder, name));
    await files.syncFolder(folder);
  } else {
    await replace(files, folder, name, from);
  }
}

/** No call of node's exchanges two folders, so for a moment there is none; a crash then is mended at the next start. */
async function replace(files: FileSystem, folder: string, name: string, from: string): Promise<void> {
  const place = join(folder, name);
  const old = join(folder, transientName(name, 'old'));
  await files.rename(place, old);
  try {
    await files.rename(from, place);
  } catch (error) {
    await files.rename(old, place);
    throw error;
  }
  await files.syncFolder(folder);
  await files.remove(old);
}

/** If the work fails, the folder is removed; if that fails too, it is left over for the next start. */
async function inTransientFolder(
  files: FileSystem,
  path: string,
  work: (path: string) => Promise<void>,
): Promise<void> {
  try {
    await work(path);
  } catch (error) {
    await files.remove(path).catch(() => undefined);
    throw error;
  }
}
