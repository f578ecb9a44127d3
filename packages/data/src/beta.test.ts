import { RandomStream } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import { betaSample } from './beta.ts';

describe('betaSample', () => {
  it.each([0.05, 0.2, 1, 3])('has the mean and variance of Beta(%d, %d)', (alpha) => {
    const stream = new RandomStream('beta', String(alpha));
    const samples = Array.from({ length: 20_000 }, () => betaSample(stream, alpha));
    expect(samples.every((sample) => sample >= 0 && sample <= 1)).toBe(true);
    const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
    const variance = samples.reduce((sum, sample) => sum + (sample - mean) ** 2, 0) / samples.length;
    // The mean's standard error is at most 0.5 / √20,000 = 0.0035; the variance's is smaller.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.01);
  });

  it('stays a number where gamma variates are too small for a float', () => {
    const stream = new RandomStream('tiny');
    const samples = Array.from({ length: 500 }, () => betaSample(stream, 1e-4));
    expect(samples.every((sample) => sample === 0 || sample === 1 || (sample > 0 && sample < 1))).toBe(true);
    expect(new Set(samples.map(Math.round))).toEqual(new Set([0, 1]));
  });
});
