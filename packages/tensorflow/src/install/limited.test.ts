import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { forEachLimited } from './limited.ts';

it('runs so many at once, and no more', async () => {
  const items = [1, 2, 3, 4, 5];
  const done: number[] = [];
  let [running, most] = [0, 0];
  await forEachLimited(items, 2, async (item) => {
    most = Math.max(most, ++running);
    await wait(2);
    running--;
    done.push(item);
  });
  expect({ most, done: done.sort() }).toEqual({ most: 2, done: items });
});

it('starts nothing after a failure, and waits for what runs before it throws', async () => {
  const finished: number[] = [];
  const failing = forEachLimited([1, 2, 3, 4], 2, async (item) => {
    await wait(item === 1 ? 0 : 20);
    if (item === 1) throw new Error('the first');
    finished.push(item);
  });
  await expect(failing).rejects.toThrow('the first');
  expect(finished).toEqual([2]);
});
