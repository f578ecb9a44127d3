import { checker } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import { type AverageKind, checkAverage, newestWeight } from './average.ts';

const weights = (average: AverageKind) => [0, 1, 2, 3].map((seen) => newestWeight(average, seen));

describe('newestWeight', () => {
  it('copies the first model, whatever the average', () => {
    for (const average of ['swa', { ema: 0.99 }, { ema: 0.99, warmUp: true }] as const) {
      expect(newestWeight(average, 0)).toBe(1);
    }
  });

  it('weighs all models alike for swa, and by the decay for ema', () => {
    expect(weights('swa')).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);
    expect(weights({ ema: 0.75 })).toEqual([1, 0.25, 0.25, 0.25]);
  });

  it('raises the decay to its value while warming up', () => {
    const decays = weights({ ema: 0.25, warmUp: true }).map((weight) => 1 - weight);
    expect(decays[1]).toBeCloseTo(2 / 11, 15);
    expect(decays.slice(2)).toEqual([0.25, 0.25]);
  });
});

describe('checkAverage', () => {
  const check = checker('averaging', 'AveragedModel');
  it.each([
    ['mean', 'average must be "swa" or { ema: decay }, got "mean"'],
    [null, 'average must be "swa" or { ema: decay }, got null'],
    [{ ema: 1 }, 'average.ema must be a finite number at least 0 and less than 1, got 1'],
    [{ ema: '0.9' }, 'average.ema must be a finite number at least 0 and less than 1, got "0.9"'],
    [{}, 'average.ema must be a finite number at least 0 and less than 1, got undefined'],
    [{ ema: 0.9, warmup: true }, 'unknown option "warmup" (did you mean warmUp?)'],
    [{ ema: 0.9, warmUp: 1 }, 'average.warmUp must be true or false, got 1'],
  ])('refuses %j', (value, message) => {
    expect(() => checkAverage(check, value)).toThrow(`[loopwright/averaging] AveragedModel: ${message}`);
  });
});
