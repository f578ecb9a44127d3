import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { EventFileReader, type EventRecord } from '@loopwright/event-files';

const CHUNK = 2 ** 20;

/** Names of the event files of a folder, in the order in which TensorBoard reads them; none if it cannot be looked into. */
export function eventFilesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.includes('tfevents'))
      .sort();
  } catch {
    return []; // Whatever is wrong with the folder, opening a file in it says so.
  }
}

/** The records of all event files of a folder, each file as far as it is whole. */
export function* readFolder(folder: string): Generator<EventRecord> {
  for (const name of eventFilesIn(folder)) {
    const reader = new EventFileReader();
    for (const chunk of chunksOf(join(folder, name))) yield* reader.read(chunk);
  }
}

/** The bytes of a file; each chunk is valid until the next. */
function* chunksOf(path: string): Generator<Uint8Array> {
  const descriptor = openSync(path, 'r');
  try {
    const chunk = new Uint8Array(CHUNK);
    for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
      yield chunk.subarray(0, count);
    }
  } finally {
    closeSync(descriptor);
  }
}
