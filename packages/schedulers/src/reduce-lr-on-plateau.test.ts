import { expectNoLeak } from '@loopwright/test-utils';
import { scalar } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './index.ts';

function run(metrics: readonly number[], options: ReduceLROnPlateauOptions): number[] {
  const optimizer = { paramGroups: [{ learningRate: 1 }] };
  const scheduler = new ReduceLROnPlateau(optimizer, options);
  return metrics.map((metric) => {
    scheduler.step(metric);
    return scheduler.getLastLr()[0] as number;
  });
}

describe('ReduceLROnPlateau', () => {
  it('bears `patience` metrics without improvement, and reduces at the next', () => {
    expect(run([5, 5, 5, 5, 5, 5], { patience: 1, factor: 0.5 })).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });

  it('does not count bad metrics while it cools down', () => {
    expect(run([5, 5, 5, 5, 5, 5], { patience: 0, cooldown: 2, factor: 0.5 })).toEqual([
      1, 0.5, 0.5, 0.5, 0.25, 0.25,
    ]);
  });

  it('takes a relative threshold of a metric below 0 with its sign, as PyTorch does', () => {
    expect(run([-1, -0.99999, -0.99998], { patience: 0 })).toEqual([1, 1, 1]);
    expect(run([-1, -0.99999, -0.99998], { patience: 0, thresholdMode: 'abs' })).toEqual([1, 0.1, 0.1 * 0.1]);
  });

  it('takes a diverged loss for a bad one', () => {
    expect(run([1, Number.POSITIVE_INFINITY], { patience: 0 })).toEqual([1, 0.1]);
  });

  it('refuses what is no number, and does not count it', async () => {
    await expectNoLeak(() => {
      const optimizer = { paramGroups: [{ learningRate: 1 }] };
      const scheduler = new ReduceLROnPlateau(optimizer, { patience: 0 });
      scheduler.step(1);
      const state = scheduler.stateDict();
      const loss = scalar(1);
      for (const [metric, shown] of [
        [undefined, 'undefined'],
        [Number.NaN, 'NaN'],
        ['1', '"1"'],
        [loss, 'tensor "float32" of shape []; read it in compute(), not in the training step'],
      ] as const) {
        expect(() => scheduler.step(metric as number)).toThrow(
          `ReduceLROnPlateau: metric must be a number, got ${shown}`,
        );
      }
      loss.dispose();
      expect(scheduler.stateDict()).toEqual(state);
    });
  });

  it('keeps to each group its lowest rate', () => {
    const optimizer = { paramGroups: [{ learningRate: 1 }, { learningRate: 0.1 }] };
    const scheduler = new ReduceLROnPlateau(optimizer, { patience: 0, minLr: [0.5, 0.001] });
    for (const metric of [1, 1, 1]) scheduler.step(metric);
    expect(scheduler.getLastLr()[0]).toBe(0.5);
    expect(scheduler.getLastLr()[1]).toBeCloseTo(0.001, 15);
  });
});
