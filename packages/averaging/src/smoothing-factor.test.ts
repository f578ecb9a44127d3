import { checker } from '@loopwright/core';
import { testVariable } from '@loopwright/test-utils';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { probeStart, smoothingFactor } from './smoothing-factor.ts';

const check = checker('averaging', 'updateBatchNorm');

/** One forward of `r ← momentum · r + (1 − momentum) · value` in float32, from the start of the probe. */
const reachedWith = (momentum: number, values: readonly number[]) =>
  Float32Array.from(values, (value) =>
    Math.fround(Math.fround(Math.fround(momentum) * probeStart) + Math.fround(1 - momentum) * value),
  );

const factor = (reached: ArrayLike<number>, momentum?: number) => {
  const variable = testVariable([0], false);
  try {
    return smoothingFactor(check, { name: 'norm/mean', variable, momentum }, reached);
  } finally {
    variable.dispose();
  }
};

describe('smoothingFactor', () => {
  it('finds a factor that somebody typed exactly, however large the values of the batch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999 }),
        fc.array(fc.float({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 5 }),
        (thousandths, values) => {
          const alpha = thousandths / 1000;
          expect(factor(reachedWith(1 - alpha, values))).toBe(Math.fround(alpha));
        },
      ),
    );
  });

  it('finds any other within float32 rounding of 1', () => {
    for (const alpha of [1 / 3, 0.0123456789, 1]) {
      expect(Math.abs(factor(reachedWith(1 - alpha, [2])) - alpha)).toBeLessThan(5e-7);
    }
  });

  it('takes the known momentum if the forward agrees', () => {
    expect(factor(reachedWith(1 - 1 / 3, [2]), 1 - 1 / 3)).toBe(Math.fround(1 / 3));
    expect(() => factor(reachedWith(0.81, [2]), 0.9)).toThrow(
      'momentum of "norm/mean" is 0.9, but forward moves it as with 0.81; is its layer applied more than once?',
    );
  });

  it('refuses a statistic that does not move, or moves otherwise', () => {
    expect(() => factor([probeStart, probeStart])).toThrow(
      'forward left "norm/mean" as it was: it must run the model in training mode, with a momentum below 1',
    );
    for (const reached of [
      [2 * probeStart],
      [-probeStart],
      [0.5 * probeStart, 0.6 * probeStart],
      [Number.NaN],
      [Number.POSITIVE_INFINITY],
    ]) {
      expect(() => factor(reached)).toThrow(
        'forward does not move "norm/mean" as r = (1 - a) * r + a * value',
      );
    }
  });
});
