import { type Checker, show } from '@loopwright/core';

/** Reads a list of steps, none below 0, in any order. Returns a sorted copy. */
export function readMilestones(check: Checker, value: readonly number[]): number[] {
  if (!Array.isArray(value)) return check.fail(`milestones must be a list of steps, got ${show(value)}`);
  return value
    .map((step, index) => check.integer(`milestones[${index}]`, step, { min: 0 }))
    .sort((a, b) => a - b);
}

/** How many milestones have been reached at a step. */
export function countReached(milestones: readonly number[], step: number): number {
  return milestones.filter((milestone) => milestone <= step).length;
}
