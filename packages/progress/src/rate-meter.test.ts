import { describe, expect, it } from 'vitest';
import { RateMeter } from './rate-meter.ts';

describe('RateMeter', () => {
  it('is the mean where the speed is steady, however often it looks', () => {
    const meter = new RateMeter(100, 0);
    for (const now of [0.1, 0.5, 7, 7, 60]) meter.observe(100 + 20 * now, now);
    expect(meter.rate).toBeCloseTo(20, 9);
  });

  it('knows nothing before anything was done', () => {
    const meter = new RateMeter(0, 5);
    meter.observe(0, 6);
    expect(meter.rate).toBeUndefined();
  });

  it('counts what was done since it last looked, at the same moment too', () => {
    const meter = new RateMeter(0, 0);
    meter.observe(1, 0);
    expect(meter.rate).toBeUndefined();
    meter.observe(1, 1);
    meter.observe(2, 1);
    expect(meter.rate).toBeCloseTo(0.5 ** 0.1 + 1, 9);
  });

  it('forgets a slow first step: half of its weight in ten seconds', () => {
    const meter = new RateMeter(0, 0);
    meter.observe(1, 10);
    meter.observe(101, 20);
    expect(meter.rate).toBeCloseTo((0.5 * 1 + 100) / (0.5 * 10 + 10), 9);
  });

  it('keeps the speed through minutes in which nothing is done, however often it looks', () => {
    const meter = new RateMeter(0, 0);
    meter.observe(100, 10);
    for (let now = 10; now <= 310; now += 0.1) meter.observe(100, now);
    expect(meter.rate).toBe(10);
    meter.observe(101, 310);
    expect(meter.rate).toBeCloseTo((100 * 0.5 ** 30 + 1) / (10 * 0.5 ** 30 + 300), 9);
  });
});
