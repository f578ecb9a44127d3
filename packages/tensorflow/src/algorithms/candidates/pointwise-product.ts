import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { type Axis, axesOf, isPadded } from '../geometry.ts';
import { pixelsAt } from '../grid.ts';
import type { NativeOps, NativeTensor } from '../native-ops.ts';

/** A 1×1 convolution as a matrix product over all pixels, of those that its strides meet. */
export const pointwiseProduct: Candidate<ConvolutionCall> = {
  name: 'pointwise',
  applies: (call) => call.filter[0] === 1 && call.filter[1] === 1 && !isPadded(call),
  run(ops, call, [first, second]) {
    const [, , inputs, outputs] = call.filter;
    switch (call.operation) {
      case 'Conv2D': {
        const filter = ops.reshape(second, [inputs, outputs]);
        return ops.reshape(ops.matMul(metPixels(ops, call, first), filter), call.output);
      }
      case 'Conv2DBackpropInput': {
        const filter = ops.reshape(first, [inputs, outputs]);
        const pixels = ops.matMul(ops.reshape(second, [-1, outputs]), filter, { transposeB: true });
        return spread(ops, call, pixels);
      }
      case 'Conv2DBackpropFilter': {
        const gradient = ops.reshape(second, [-1, outputs]);
        return ops.reshape(
          ops.matMul(metPixels(ops, call, first), gradient, { transposeA: true }),
          call.filter,
        );
      }
    }
  },
};

/** The pixels that the strides meet, one a row. */
function metPixels(ops: NativeOps, call: ConvolutionCall, images: NativeTensor): NativeTensor {
  const [vertical, horizontal] = axesOf(call);
  const spacing = ({ output, stride }: Axis) => ({ start: 0, count: output, stride });
  return ops.reshape(pixelsAt(ops, images, spacing(vertical), spacing(horizontal)), [-1, call.input[3]]);
}

/** Puts rows of pixels where the strides meet them, between zeros. */
function spread(ops: NativeOps, call: ConvolutionCall, pixels: NativeTensor): NativeTensor {
  const [batch, , , channels] = call.input;
  const [, height, width] = call.output;
  const [vertical, horizontal] = call.strides;
  const grid = ops.reshape(pixels, [batch, height, 1, width, 1, channels]);
  const padded = ops.pad(grid, [
    [0, 0],
    [0, 0],
    [0, vertical - 1],
    [0, 0],
    [0, horizontal - 1],
    [0, 0],
  ]);
  const image = ops.reshape(padded, [batch, height * vertical, width * horizontal, channels]);
  return ops.slice(image, [0, 0, 0, 0], call.input);
}
