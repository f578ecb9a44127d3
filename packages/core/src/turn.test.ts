import { expect, it } from 'vitest';
import { turnEventLoop } from './turn.ts';

it('lets others run every few milliseconds, and costs nothing in between', async () => {
  let turns = 0;
  const others = setInterval(() => {
    turns += 1;
  }, 1);
  const end = performance.now() + 200;
  let calls = 0;
  while (performance.now() < end) {
    await turnEventLoop();
    calls += 1;
  }
  clearInterval(others);
  expect(turns).toBeGreaterThan(3);
  expect(calls).toBeGreaterThan(10 * turns);
});
