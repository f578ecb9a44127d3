import { type InterpolateUpdate, updateInPlace } from '@loopwright/core/tensors';
import { add, mul, sub, tidy } from '@tensorflow/tfjs-core';

/** `average ← average + (value − average) · weight` for each; the values are borrowed. */
export function interpolate(updates: readonly InterpolateUpdate[]): void {
  if (updateInPlace('interpolate', updates)) return;
  tidy(() => {
    for (const { average, value, weight } of updates) {
      average.assign(add(average, mul(sub(value, average), weight)));
    }
  });
}
