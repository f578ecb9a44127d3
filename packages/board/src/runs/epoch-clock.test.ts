import { expect, it } from 'vitest';
import { EpochClock } from './epoch-clock.ts';

it('spreads steps between the summaries of epochs, and goes on at the same pace', () => {
  const clock = new EpochClock();
  clock.state(100, 0);
  clock.state(200, 1);
  expect([50, 100, 150, 200, 250].map((step) => clock.at(step))).toEqual([-0.5, 0, 0.5, 1, 1.5]);
});

it('takes epochs that every record states, and the last step of each for its end', () => {
  const clock = new EpochClock();
  for (let step = 1; step <= 30; step++) clock.state(step, Math.ceil(step / 10));
  expect([5, 10, 15, 20, 30].map((step) => clock.at(step))).toEqual([0.5, 1, 1.5, 2, 3]);
});

it('forgets what a resumed run makes void, and says so if nothing is known', () => {
  const clock = new EpochClock();
  expect(clock.at(3)).toBeNaN();
  for (const [step, epoch] of [
    [10, 1],
    [20, 2],
    [15, 2],
  ] as const)
    clock.state(step, epoch);
  expect(clock.at(15)).toBe(2);
});
