import { fastestFor } from '../algorithms/algorithms.ts';
import { multiplicationsOf } from '../algorithms/call-shapes.ts';
import type { Call } from '../algorithms/calls.ts';
import { castMilliseconds } from './cast-cost.ts';

/** What is not measured computes in bfloat16 from here on; what is over sooner does not pay for casts. */
const WORTH_CASTING = 1_000_000;

/**
 * Whether a convolution or matrix product takes less time in bfloat16, each with its fastest algorithm and the casts that
 * it certainly needs. Activations are taken to be bfloat16 already, as they are between two calls for which it pays.
 *
 * @param millisecondsOf what a call takes by measurement, if it was measured
 */
export function bfloat16Pays(
  call: Call,
  millisecondsOf = (timed: Call) => fastestFor(timed).milliseconds,
): boolean {
  const float32 = millisecondsOf({ ...call, dtype: 'float32' });
  const bfloat16 = millisecondsOf({ ...call, dtype: 'bfloat16' });
  if (float32 === undefined || bfloat16 === undefined) return multiplicationsOf(call) >= WORTH_CASTING;
  return bfloat16 + castMilliseconds(elementsToCast(call)) < float32;
}

/**
 * Weights are float32: they are cast on the way in, once for a convolution and its input's gradient, and their gradient
 * on the way out. Of a matrix product the smaller operand counts as the weights.
 */
function elementsToCast(call: Call): number {
  switch (call.operation) {
    case 'BatchMatMul':
      return Math.min(elements(call.a), elements(call.b));
    case 'Conv2DBackpropInput':
      return 0;
    default:
      return elements(call.filter);
  }
}

function elements(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
