import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect } from 'vitest';

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

/** Asserts, for every test of the file that calls it, that the test leaves as many tensors as it found. */
export function countTensorsInEveryTest(): void {
  let before = 0;
  beforeEach(() => {
    before = memory().numTensors;
  });
  afterEach(() => {
    expect(memory().numTensors - before, 'tensors left behind').toBe(0);
  });
}
