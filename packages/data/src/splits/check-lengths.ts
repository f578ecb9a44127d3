import type { Checker } from '@loopwright/core';

/** Checks that parts of these lengths can be taken out of `available` samples. */
export function checkLengths(check: Checker, lengths: readonly number[], available: number): void {
  const total = lengths.reduce((sum, length) => sum + check.integer('length', length, { min: 0 }), 0);
  if (total > available) check.fail(`lengths sum to ${total}, but there are ${available} samples`);
}
