import { memory } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Runs a function and asserts that it leaves `kept` tensors more than there were, none by default.
 * It disposes nothing itself: what the function returns is counted too.
 */
export async function expectNoLeak<T>(run: () => T | Promise<T>, kept = 0): Promise<T> {
  const before = memory().numTensors;
  const result = await run();
  expect(memory().numTensors - before, 'tensors left behind').toBe(kept);
  return result;
}
