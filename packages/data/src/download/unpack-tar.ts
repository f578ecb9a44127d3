import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { extract, type ReadEntry } from 'tar';

/**
 * Unpacks a tar file, gzipped or not, into a folder: first beside its place, and once it is whole, file by file into it.
 * What is there already is kept.
 *
 * An archive with anything but plain files and folders, or with a path that leads out of the folder, is refused whole.
 *
 * @throws Error that says what is wrong with the archive; nothing of it is left then
 */
export async function unpackTar(archive: string, folder: string): Promise<void> {
  const scratch = await mkdtemp(join(folder, '.unpacking-'));
  const evil: string[] = [];
  try {
    // In one go: without `sync`, what is under way when an error is found is still written after it, and left.
    extract({
      sync: true,
      file: archive,
      cwd: scratch,
      strict: true,
      filter: (path, entry) => {
        const refusal = whyRefused(path, (entry as ReadEntry).type);
        if (refusal !== undefined) evil.push(refusal);
        return evil.length === 0;
      },
    });
    if (evil[0] !== undefined) throw new Error(`${evil[0]}; nothing was unpacked`);
    await moveInto(scratch, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function whyRefused(path: string, type: string): string | undefined {
  const shown = JSON.stringify(path);
  if (isAbsolute(path) || /^[a-z]:/i.test(path) || path.split(/[\\/]/).includes('..')) {
    return `the entry ${shown} leads out of the folder`;
  }
  if (path.includes('\0')) return `the entry ${shown} has a name that no file has`;
  return ['File', 'OldFile', 'Directory'].includes(type)
    ? undefined
    : `the entry ${shown} is a ${type}, no file`;
}

async function moveInto(source: string, target: string): Promise<void> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), join(target, entry.name)];
    if (entry.isDirectory()) {
      await mkdir(to, { recursive: true });
      await moveInto(from, to);
    } else if (!existsSync(to)) {
      await rename(from, to);
    }
  }
}
