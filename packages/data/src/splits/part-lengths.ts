import type { Checker } from '@loopwright/core';

/**
 * The lengths of the parts of a data set: as given, or, of fractions, rounded down, with what is left going one by one to
 * the first parts, as in PyTorch.
 */
export function partLengths(
  check: Checker,
  lengths: readonly number[],
  available: number,
): readonly number[] {
  if (!lengths.every(Number.isInteger)) return lengthsOfFractions(check, lengths, available);
  const total = lengths.reduce((sum, length) => sum + check.integer('length', length, { min: 0 }), 0);
  if (total > available) check.fail(`lengths sum to ${total}, but there are ${available} samples`);
  return lengths;
}

function lengthsOfFractions(check: Checker, fractions: readonly number[], available: number): number[] {
  const total = fractions.reduce((sum, part) => sum + check.number('fraction', part, { min: 0, max: 1 }), 0);
  if (Math.abs(total - 1) > 1e-9) check.fail(`lengths that are fractions must sum to 1, not to ${total}`);
  const lengths = fractions.map((part) => Math.floor(part * available));
  const left = available - lengths.reduce((sum, length) => sum + length, 0);
  return lengths.map((length, index) => length + (index < left ? 1 : 0));
}
