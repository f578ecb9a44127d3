import type { Checker } from '@loopwright/core';

/** Which positions of a run (epochs or steps, counted from 0) are averaged. */
export interface Positions {
  /** The first one. */
  readonly start: number;
  /** The distance from one to the next. */
  readonly every: number;
  /** How many positions the run has; its last is averaged whatever `every` says. `null` if not known. */
  readonly total: number | null;
}

/** Whether a position is averaged: a pure function, so that a resumed run decides as the uninterrupted one. */
export function isAveraged({ start, every, total }: Positions, position: number): boolean {
  if (position < start) return false;
  return (position - start) % every === 0 || position + 1 === total;
}

/** Checks the options of {@link Positions}, given by a user or read from a state. */
export function checkPositions(
  check: Checker,
  options: { readonly [K in keyof Positions]?: unknown },
): Positions {
  const start = check.integer('start', options.start ?? 0, { min: 0 });
  const every = check.positiveInteger('every', options.every ?? 1);
  // A run that ends before `start` would never average, and say so only when the averages are wanted.
  const total = options.total ?? null;
  return { start, every, total: total === null ? null : check.integer('total', total, { above: start }) };
}
