import { checker } from '@loopwright/core';
import { observeSteps } from './observe-step.ts';
import type { StepMemory } from './step-profile.ts';

const check = checker('tensorflow', 'peakMemory');

/**
 * Runs a function once and says how much memory was held at once while it ran.
 *
 * `peakBytes` is what tensors take, by TensorFlow's own account; `residentPeakBytes` is what the whole process takes
 * of the machine's memory, which other libraries can be compared with, and includes what TensorFlow keeps for later.
 *
 * @param fn synchronous. The tensors that it returns, also in arrays and plain objects, are disposed
 * @throws LoopwrightError as `profileStep` does; whatever `fn` throws
 * @example
 * const { peakBytes } = peakMemory(() => model.apply(images));
 */
export function peakMemory(fn: () => unknown): StepMemory {
  check.func('fn', fn);
  const [observation] = observeSteps(check, fn, { warmup: 0, steps: 1, shapes: false });
  if (observation === undefined) throw new Error('no step was observed');
  return observation.memory;
}
