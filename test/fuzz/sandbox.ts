import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Memory, where there is such a folder: the parsers are meant to work, not the disk. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder of its own for a parser that reads files; it is removed when the process, or the thread, ends. */
export function sandbox(): string {
  const folder = mkdtempSync(join(PARENT, 'loopwright-fuzz-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
