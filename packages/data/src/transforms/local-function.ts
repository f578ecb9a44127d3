import type { Checker } from '@loopwright/core';
import type { Transform, TransformSpec } from './image-transform.ts';

/** The name in a description of what exists only in the thread that made it. */
const LOCAL = 'local function';

/** Describes a plain function, for messages; it cannot be rebuilt. */
export function describeLocal(transform: Transform): TransformSpec {
  return { name: LOCAL, options: { function: transform.name || '(anonymous)' } };
}

/** Refuses to rebuild a plain function, saying what to do instead. */
export function refuseLocal(check: Checker, { name, options }: TransformSpec): void {
  if (name !== LOCAL) return;
  check.fail(
    `the function ${options.function} exists in one thread only; export a factory from a module and use transforms.fromModule`,
  );
}
