import { randomUUID } from 'node:crypto';

/**
 * Why a folder is on its way: `new` is being written, `old` was moved aside for another of its name, `gone` is being
 * removed. Such folders are hidden and carry the process that made them: `.epoch-000012.new-4711-1b9d6bcd`.
 */
export type Transience = 'new' | 'old' | 'gone';

/** A transient folder found on the disk. */
export interface TransientFolder {
  readonly name: string;
  /** What it was, or was to become: the name of a checkpoint, or of the lock. */
  readonly becomes: string;
  readonly transience: Transience;
}

/** A fresh name, which nothing else on the disk has. */
export function transientName(name: string, transience: Transience): string {
  return `.${name}.${transience}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** Takes a name apart, or is `undefined` if it is not one of ours. */
export function parseTransientName(name: string): TransientFolder | undefined {
  const match =
    /^\.(?<becomes>(?:epoch|step)-\d{6,}|lock)\.(?<transience>new|old|gone)-\d+-[0-9a-f]{8}$/.exec(name);
  const { becomes, transience } = match?.groups ?? {};
  if (becomes === undefined) return undefined;
  return { name, becomes, transience: transience as Transience };
}

/** The fast-glob patterns of all that could be transient. */
export const TRANSIENT_PATTERNS = ['.epoch-*', '.step-*', '.lock.*'];
