import { RandomStream } from '@loopwright/core';
import { expectStateful } from '@loopwright/test-utils';
import { describe, expect, it } from 'vitest';
import { LossSpikes } from './loss-spikes.ts';

/** A loss that falls, with noise. */
const lossAt = (iteration: number) =>
  2 * Math.exp(-iteration / 300) + 0.1 * new RandomStream('loss', iteration).normal();

describe('loss spikes', () => {
  it('are none in a thousand noisy losses that fall', () => {
    const spikes = new LossSpikes();
    for (let i = 0; i < 1000; i++) expect(spikes.update(i, lossAt(i))).toBeUndefined();
  });

  it('are found at once, by how far they lie above the median, and do not become the past', () => {
    const spikes = new LossSpikes({ before: 5, after: 10 });
    for (let i = 0; i < 200; i++) spikes.update(i, lossAt(i));
    for (const iteration of [200, 201, 202]) {
      const spike = spikes.update(iteration, 6);
      expect(spike).toMatchObject({ iteration, loss: 6, from: iteration - 5, to: iteration + 10 });
      expect(spike?.median).toBeCloseTo(2 * Math.exp(-150 / 300), 1);
      expect(spike?.deviations).toBeGreaterThan(20);
    }
    expect([194, 195, 212, 213].map((iteration) => spikes.skips(iteration))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('are the same as by hand', () => {
    const spikes = new LossSpikes({ warmUp: 5, threshold: 2 });
    for (const [i, loss] of [1, 2, 3, 4, 10].entries()) spikes.update(i, loss);
    // Median 3; deviations 2, 1, 0, 1, 7 with median 1.
    expect(spikes.update(5, 6)?.deviations).toBeCloseTo(3 / 1.4826, 10);
    expect(spikes.update(6, 5.9)).toBeUndefined();
  });

  it('are losses that are not finite, from the first on; not those that fall, nor ripples of a flat loss', () => {
    const spikes = new LossSpikes({ warmUp: 3 });
    expect(spikes.update(0, Number.NaN)?.deviations).toBe(Number.POSITIVE_INFINITY);
    for (let i = 1; i < 6; i++) spikes.update(i, 1);
    expect(spikes.update(6, 1.05)).toBeUndefined();
    expect(spikes.update(7, 0.01)).toBeUndefined();
    expect(spikes.update(8, 1.2)).toBeDefined();
  });

  it('keep the contract of state, and remember what was learnt after it was saved', async () => {
    await expectStateful({
      make: () => new LossSpikes({ window: 8, warmUp: 3, before: 1, after: 1 }),
      makeOther: () => new LossSpikes({ threshold: 1 }),
      advance: (subject, index) => {
        subject.update(index, index % 5 === 4 ? 50 : lossAt(index));
      },
      observe: (subject) => subject.stateDict(),
    });
    const spikes = new LossSpikes({ warmUp: 2, before: 0, after: 0 });
    for (const i of [0, 1, 2]) spikes.update(i, 1);
    const saved = spikes.stateDict();
    spikes.update(3, 100);
    spikes.loadStateDict(saved);
    expect(spikes.skips(3)).toBe(true);
  });

  it('are found in a window that is shorter than the warm-up is by default', () => {
    const spikes = new LossSpikes({ window: 10 });
    for (let i = 0; i < 10; i++) expect(spikes.update(i, lossAt(i))).toBeUndefined();
    expect(spikes.update(10, 1e6)).toMatchObject({ iteration: 10, loss: 1e6 });
  });

  it('refuse what they do not know', () => {
    expect(() => new LossSpikes({ window: 10, warmUp: 11 })).toThrow(
      '[loopwright/guards] LossSpikes: warmUp must be an integer at least 1 and at most 10, got 11',
    );
    expect(() => new LossSpikes({ windows: 3 } as never)).toThrow('unknown option "windows"');
    expect(() => new LossSpikes({ threshold: 0 })).toThrow(
      '[loopwright/guards] LossSpikes: threshold must be',
    );
    expect(() => new LossSpikes().update(0, '1' as never)).toThrow('loss must be a number, got "1"');
  });
});
