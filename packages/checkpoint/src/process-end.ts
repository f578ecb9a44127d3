import { show } from '@loopwright/core';
import { check } from './check.ts';
import { finishWriting } from './thread-writer.ts';
import type { Writer } from './writer.ts';

/** A save that is not over, or has failed and nobody knows. */
export interface UntoldSave {
  readonly path: string;
  readonly failure: Error | undefined;
}

/** What a disk may take for the last state, and for removing locks, before the process ends without. */
const WRITING_MS = 60_000;
const UNLOCKING_MS = 2_000;

const WARNING = 'LoopwrightWarning';

const untold = new Set<UntoldSave>();
const locked = new Set<Writer>();
let isWatching = false;
let isEnding = false;

/** Remembers a save until {@link forgetSave}: should the process end before, it says so and does not end with code 0. */
export function watchSave(save: UntoldSave): void {
  watch();
  untold.add(save);
}

/** Forgets a save: it has succeeded, or somebody knows why it failed. */
export function forgetSave(save: UntoldSave): void {
  untold.delete(save);
}

/** Has a folder unlocked when the process ends, unless {@link forgetLock} comes first. */
export function watchLock(folder: Writer): void {
  watch();
  locked.add(folder);
}

/** The folder is not locked any more. */
export function forgetLock(folder: Writer): void {
  locked.delete(folder);
}

/** Warns of what nobody is told of otherwise. At the process's end Node prints no warnings any more. */
export function warn(message: string): void {
  if (isEnding) console.error(`${WARNING}: ${message}`);
  else process.emitWarning(message, WARNING);
}

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  process.on('exit', endWriting);
}

/** Runs after `process.exit()` and after an error that nobody catches, too, when the event loop turns no more. */
function endWriting(): void {
  isEnding = true;
  finishWriting(WRITING_MS);
  for (const { path, failure } of untold) {
    const lost = `${show(path)} was still being written when the process ended, and is lost`;
    console.error(failure ?? `[loopwright/${check.where.package}] ${check.where.subject}: ${lost}`);
    process.exitCode ||= 1;
  }
  for (const folder of locked) folder.start({ kind: 'release' }, { report() {}, settle() {} });
  finishWriting(UNLOCKING_MS);
}
