import type { Call, ComputeDtype } from './calls.ts';

/**
 * Says what a call computes in. `call.dtype` is `float32`, what TensorFlow.js asked for; the chooser may compare the
 * milliseconds of `fastestFor(call)` and `fastestFor({ ...call, dtype: 'bfloat16' })`.
 *
 * Where it answers `bfloat16`, all ops of the algorithm are called with the type attribute of bfloat16, operands first
 * met in float32 included: the layer in the `precision` slot has to convert what does not have the type that an op is
 * called with.
 */
export type DtypeChooser = (call: Call) => ComputeDtype;

const asAsked: DtypeChooser = (call) => call.dtype;
let chooser = asAsked;

/** What this call is to compute in, by the chooser in place. */
export function chooseDtype(call: Call): ComputeDtype {
  return chooser(call);
}

/**
 * Puts another chooser in the place of the present one.
 *
 * @returns puts back what was there before
 */
export function replaceDtypeChooser(replacement: DtypeChooser): () => void {
  const before = chooser;
  chooser = replacement;
  return () => {
    chooser = before;
  };
}
