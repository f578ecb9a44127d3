import { type Checker, show } from '@loopwright/core';

/** Throws an error that says where it comes from. */
export type Fail = (message: string, options?: ErrorOptions) => never;

/** A {@link Fail} whose messages name a file. */
export function failAt(check: Checker, path: string): Fail {
  return (message, options) => check.fail(`${show(path)}: ${message}`, options);
}

/** A name for a message; a hostile file may hold one of 100 MB. */
export function quote(name: string): string {
  return show(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
