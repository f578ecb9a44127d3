import { type AccumulateUpdate, updateInPlace } from '@loopwright/core/tensors';
import { add, mul, tidy, type Variable } from '@tensorflow/tfjs-core';

/** `sum ← sum + weight term` for each; terms are borrowed. */
export function addScaled(updates: readonly AccumulateUpdate[]): void {
  if (updateInPlace('accumulate', updates)) return;
  tidy(() => {
    for (const { sum, term, weight } of updates) sum.assign(add(sum, mul(term, weight)));
  });
}

/** `value ← factor value` for each. */
export function scale(values: readonly Variable[], factor: number): void {
  const updates = values.map((value) => ({ value, factor }));
  if (updateInPlace('scale', updates)) return;
  tidy(() => {
    for (const value of values) value.assign(mul(value, factor));
  });
}
