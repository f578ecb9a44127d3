import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What unfinished folders and files are named by; whoever holds the install lock may remove them. */
const UNFINISHED = '.unfinished-';

/** Makes a folder to work in, inside `parent` so that it can be renamed to its final place. */
export async function unfinishedFolder(parent: string): Promise<string> {
  const folder = join(parent, UNFINISHED + randomUUID());
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Removes what earlier installs left unfinished in a folder. */
export async function removeUnfinished(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  const unfinished = names.filter((name) => name.startsWith(UNFINISHED));
  await Promise.all(unfinished.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}

/**
 * Puts a finished folder in its place in one step, in the stead of an older one if there is one. Its files must be on
 * the disk already; programs that have the older one's files open keep them.
 */
export async function publishFolder(finished: string, place: string): Promise<void> {
  const parent = dirname(place);
  const replaced = join(parent, UNFINISHED + randomUUID());
  await rename(place, replaced).catch(ignoreMissing);
  await rename(finished, place);
  await syncPath(parent);
  await rm(replaced, { recursive: true, force: true });
}

/** Writes a JSON file so that a reader sees the old content or the new one, and a power cut leaves one of them. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, UNFINISHED + randomUUID());
  await writeFile(unfinished, `${JSON.stringify(value, null, 2)}\n`);
  await syncPath(unfinished);
  await rename(unfinished, path);
  await syncPath(folder);
}

/** Waits until a file's content, or a folder's list of files, is on the disk. */
export async function syncPath(path: string): Promise<void> {
  // Windows opens no folders; there the rename itself is durable.
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return;
  await handle.sync().catch(() => undefined);
  await handle.close();
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
