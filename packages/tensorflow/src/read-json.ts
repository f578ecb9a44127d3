import { readFileSync } from 'node:fs';

/** A JSON file's content; undefined if it cannot be read. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
