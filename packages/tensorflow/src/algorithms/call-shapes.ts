import type { Call } from './calls.ts';

/** The shapes of a call's operands, in their order. */
export function operandShapes(call: Call): [readonly number[], readonly number[]] {
  switch (call.operation) {
    case 'BatchMatMul':
      return [call.a, call.b];
    case 'Conv2D':
      return [call.input, call.filter];
    case 'Conv2DBackpropInput':
      return [call.filter, call.output];
    case 'Conv2DBackpropFilter':
      return [call.input, call.output];
  }
}

/** How many multiplications a call takes, the padding's zeros included. */
export function multiplicationsOf(call: Call): number {
  if (call.operation === 'BatchMatMul') {
    const columns = call.b.at(call.transposeB ? -2 : -1) ?? 1;
    return product(call.a) * columns;
  }
  const [batch, height, width] = call.output;
  return batch * height * width * product(call.filter);
}

/**
 * A call in one line, by which kept choices name it:
 * `Conv2D 128×8×8×64 filter 3×3×64×64 strides 1×1 padding 1,1,1,1 float32`.
 */
export function describeCall(call: Call): string {
  if (call.operation === 'BatchMatMul') {
    const { a, b, transposeA, transposeB, dtype } = call;
    return `BatchMatMul ${shape(a)}${transposeA ? 'ᵀ' : ''} by ${shape(b)}${transposeB ? 'ᵀ' : ''} ${dtype}`;
  }
  const { operation, input, filter, strides, dilations, padding, dtype } = call;
  const { top, bottom, left, right } = padding;
  const dilated = dilations[0] > 1 || dilations[1] > 1 ? ` dilations ${shape(dilations)}` : '';
  return (
    `${operation} ${shape(input)} filter ${shape(filter)} strides ${shape(strides)}${dilated} ` +
    `padding ${top},${bottom},${left},${right} ${dtype}`
  );
}

function shape(lengths: readonly number[]): string {
  return lengths.join('×');
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((size, length) => size * length, 1);
}
