import { expect, it } from 'vitest';
import type { OpRun } from './op-runs.ts';
import { opTimes } from './op-times.ts';

const run = (thread: number, start: number, end: number): OpRun => ({
  thread,
  op: 'Op',
  oneDnn: false,
  shapes: undefined,
  start,
  end,
});

it('divides time that runs on several threads share, and leaves gaps to the host', () => {
  //  0 1 2 3 4 5 6 7
  //  . A A A . . . .   thread 0
  //  . . . B B . . .   thread 1
  const times = opTimes([run(0, 1, 4), run(1, 3, 5)], []);
  expect(times).toEqual({ own: [3, 2], shared: [2.5, 1.5], busy: 4, dispatch: 0 });
});

it('counts a run inside another on the same thread once, for the inner', () => {
  const times = opTimes([run(0, 0, 10), run(0, 2, 5)], []);
  expect(times).toEqual({ own: [7, 3], shared: [7, 3], busy: 10, dispatch: 0 });
});

it('counts as dispatch what TensorFlow does around runs', () => {
  const times = opTimes([run(0, 3, 5), run(0, 5, 6)], [{ start: 2, end: 8 }]);
  expect(times).toMatchObject({ own: [2, 1], busy: 3, dispatch: 3 });
});

it('takes an end that comes after its parent’s, by the clock’s grain', () => {
  const times = opTimes([run(0, 0, 4), run(0, 1, 5)], []);
  expect(times).toMatchObject({ own: [1, 4], busy: 5 });
});

it('has nothing to say of nothing', () => {
  expect(opTimes([], [])).toEqual({ own: [], shared: [], busy: 0, dispatch: 0 });
});
