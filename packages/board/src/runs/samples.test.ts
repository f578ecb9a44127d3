import { expect, it } from 'vitest';
import { Samples } from './samples.ts';

const positions = (samples: Samples<string>) => samples.all.map(({ position }) => position);

it('spans the whole run evenly, with the newest, and never keeps more than its limit', () => {
  const samples = new Samples<string>(8);
  for (let step = 0; step < 100; step++) {
    samples.add(step, `${step}`);
    expect(samples.all.length).toBeLessThanOrEqual(8);
    expect([positions(samples)[0], positions(samples).at(-1)]).toEqual([0, step]);
  }
  expect(positions(samples)).toEqual([0, 16, 32, 48, 64, 80, 96, 99]);
});

it('lets what is void give way', () => {
  const samples = new Samples<string>(8);
  for (const step of [1, 2, 3, 2]) samples.add(step, 'text');
  expect(positions(samples)).toEqual([1, 2]);
});

it('keeps what is before a step that a run goes back to', () => {
  for (let back = 1; back < 20; back++) {
    const samples = new Samples<string>(8);
    for (let step = 0; step < 20; step++) samples.add(step, 'text');
    const before = positions(samples).filter((position) => position < back);
    samples.add(back, 'text');
    expect(positions(samples)).toEqual([...before, back]);
  }
});
