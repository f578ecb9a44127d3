import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Findings of the past, in a folder for each parser: the files that the test suite reads again. */
export const REGRESSIONS = fileURLToPath(new URL('regressions', import.meta.url));

/** Files under a folder, in the order of their names; none if there is no such folder. */
export function readInputs(folder: string): Uint8Array[] {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return names.map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

/** Keeps an input under a name that says what is in it. */
export function writeInput(folder: string, bytes: Uint8Array): string {
  const path = join(folder, createHash('sha256').update(bytes).digest('hex').slice(0, 16));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, bytes);
  return path;
}
