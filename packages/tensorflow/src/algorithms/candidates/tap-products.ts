import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { type Axis, axesOf, isDilated, positionsOf } from '../geometry.ts';
import { pixelsAt } from '../grid.ts';
import type { NativeOps, NativeTensor } from '../native-ops.ts';
import { zerosFor } from '../windows.ts';

/** The weights' gradient as one matrix product for each tap, over the pixels that it meets and not the padding's zeros. */
export const tapProducts: Candidate<ConvolutionCall> = {
  name: 'taps',
  applies: (call) =>
    call.operation === 'Conv2DBackpropFilter' &&
    call.filter[0] * call.filter[1] > 1 &&
    call.filter[0] * call.filter[1] <= 9 &&
    !isDilated(call),
  run(ops, call, [images, gradient]) {
    const [height, width] = call.filter;
    const taps = Array.from({ length: height * width }, (_, tap) =>
      tapGradient(ops, call, [Math.floor(tap / width), tap % width], images, gradient),
    );
    return ops.reshape(ops.concat(zerosFor(ops, taps), 0), call.filter);
  },
};

/** [input channels, output channels]; undefined for a tap that meets zeros only. */
function tapGradient(
  ops: NativeOps,
  call: ConvolutionCall,
  [row, column]: readonly [number, number],
  images: NativeTensor,
  gradient: NativeTensor,
): NativeTensor | undefined {
  const [vertical, horizontal] = axesOf(call);
  const [batch, , , inputs] = call.input;
  const outputs = call.output[3];
  const [top, bottom] = positionsOf(vertical, row);
  const [left, right] = positionsOf(horizontal, column);
  if (top === bottom || left === right) return undefined;
  const spacing = ({ stride, before }: Axis, tap: number, first: number, end: number) => ({
    start: first * stride - before + tap,
    count: end - first,
    stride,
  });
  const rows = spacing(vertical, row, top, bottom);
  const met = pixelsAt(ops, images, rows, spacing(horizontal, column, left, right));
  const part = ops.slice(gradient, [0, top, left, 0], [batch, bottom - top, right - left, outputs]);
  return ops.matMul(ops.reshape(met, [-1, inputs]), ops.reshape(part, [-1, outputs]), { transposeA: true });
}
