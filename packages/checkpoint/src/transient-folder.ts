import { randomUUID } from 'node:crypto';
import type { Unit } from './checkpoint-name.ts';

/**
 * Why a folder is on its way: `new` is being written, `old` was moved aside for another of its name, `gone` is being
 * removed. Such folders are hidden and carry the process that made them: `.epoch-000012.new-4711-1b9d6bcd`.
 */
export type Transience = 'new' | 'old' | 'gone';

/** A transient folder found on the disk. */
export interface TransientFolder {
  readonly name: string;
  /** The checkpoint it was, or was to become. */
  readonly checkpoint: string;
  readonly transience: Transience;
  readonly process: number;
}

/** A fresh name, which nothing else on the disk has. */
export function transientName(checkpoint: string, transience: Transience): string {
  return `.${checkpoint}.${transience}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** Takes a name apart, or is `undefined` if it is not one of ours. */
export function parseTransientName(name: string): TransientFolder | undefined {
  const match = /^\.(?<checkpoint>\w+-\d{6,})\.(?<transience>new|old|gone)-(?<process>\d+)-[0-9a-f]{8}$/.exec(
    name,
  );
  const { checkpoint, transience, process } = match?.groups ?? {};
  if (checkpoint === undefined || process === undefined) return undefined;
  return { name, checkpoint, transience: transience as Transience, process: Number(process) };
}

/** The fast-glob pattern of all that could be transient. */
export function transientPattern(unit: Unit): string {
  return `.${unit}-*`;
}
