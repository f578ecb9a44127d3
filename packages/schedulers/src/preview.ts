import { checker, type Schedule } from '@loopwright/core';

const check = checker('schedulers', 'preview');

/**
 * The values of a schedule at steps 0 to `steps - 1`, to plot or to compare.
 *
 * @throws LoopwrightError if `steps` is not an integer of at least 0
 * @example
 * preview(stepDecay({ baseLr: 0.1, stepSize: 2 }), 5); // [0.1, 0.1, 0.01, 0.01, 0.001]
 */
export function preview(schedule: Schedule, steps: number): number[] {
  check.func('schedule', schedule);
  return Array.from({ length: check.integer('steps', steps, { min: 0 }) }, (_, step) => schedule(step));
}
