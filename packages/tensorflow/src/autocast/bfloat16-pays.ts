import { fastestFor } from '../algorithms/algorithms.ts';
import { multiplicationsOf, operandShapes } from '../algorithms/call-shapes.ts';
import type { Call } from '../algorithms/calls.ts';

/** What is not measured computes in bfloat16 from here on; what is over sooner does not pay for casts. */
const WORTH_CASTING = 1_000_000;

/**
 * A cast moves 6 bytes an element, at some 30 GB/s. It is not measured, so that a run that is resumed with the algorithms
 * and times it had makes the same choices.
 */
const CAST_MILLISECONDS = 0.2e-6;

/**
 * Whether a convolution or matrix product takes less time in bfloat16, each with its fastest algorithm and the casts that
 * it needs. Its neighbours are taken to be bfloat16: then it costs the casts of its weights, and in float32 it would cost
 * those of its activations.
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
  const { weights, activations } = castElements(call);
  return bfloat16 + weights * CAST_MILLISECONDS < float32 + activations * CAST_MILLISECONDS;
}

/**
 * How many elements are cast. Weights are float32: they are cast on the way in, once for a convolution and its input's
 * gradient, and their gradient on the way out. Of a matrix product the smaller operand counts as the weights.
 */
function castElements(call: Call): { weights: number; activations: number } {
  if (call.operation === 'BatchMatMul') {
    const operands = operandShapes(call).map(elements) as [number, number];
    return { weights: Math.min(...operands), activations: Math.max(...operands) };
  }
  const weights = call.operation === 'Conv2DBackpropInput' ? 0 : elements(call.filter);
  return { weights, activations: elements(call.input) + elements(call.output) };
}

function elements(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
