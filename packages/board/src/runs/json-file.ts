import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reasonOf } from '@loopwright/core';
import { checkInside } from './growing-file.ts';

/** Larger files are no cards, manifests or ledgers. */
const LARGEST = 2 ** 22;

/** A small JSON file that is replaced whole, read again when it has changed. */
export class JsonFile {
  readonly path: string;
  private readonly root: string;
  private seen = '';
  /** What it says; undefined if it cannot be read. */
  content: unknown;
  problem: string | undefined;
  bytes = 0;

  /** As of {@link GrowingFile}. */
  constructor(root: string, path: string) {
    this.root = root;
    this.path = path;
  }

  /** @returns whether it has changed */
  async refresh(): Promise<boolean> {
    const location = join(this.root, this.path);
    try {
      const stats = await lstat(location);
      const seen = `${stats.dev}:${stats.ino} ${stats.size} ${stats.mtimeMs}`;
      if (seen === this.seen) return false;
      this.seen = seen;
      if (!stats.isFile()) throw new Error('it is no regular file');
      if (stats.size > LARGEST) throw new Error(`it is larger than ${LARGEST / 2 ** 20} MiB`);
      this.bytes = stats.size;
      await checkInside(this.root, dirname(location));
      this.content = JSON.parse(await readText(location));
      this.problem = undefined;
    } catch (error) {
      const problem = `${this.path}: cannot be read: ${reasonOf(error)}`;
      if (this.problem === problem) return false;
      [this.content, this.problem] = [undefined, problem];
    }
    return true;
  }
}

async function readText(location: string): Promise<string> {
  const handle = await open(location, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
