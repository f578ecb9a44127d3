import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { isDilated } from '../geometry.ts';
import type { NativeOps, NativeTensor } from '../native-ops.ts';
import { addUpTaps, seeAll, tapsOf, windowsOf } from '../windows.ts';

/**
 * The convolution of a small map as one matrix product of whole images, with a matrix that holds for each input and
 * output pixel the tap between them. It is for maps that every window sees as a whole, where no tap of that matrix is
 * zero.
 */
export const denseProduct: Candidate<ConvolutionCall> = {
  name: 'dense',
  applies(call) {
    const windows = windowsOf(call);
    return windows.length > 1 && windows.length <= 16 && !isDilated(call) && seeAll(call, windows);
  },
  run(ops, call, [first, second]) {
    const batch = call.input[0];
    const flat = (images: NativeTensor) => ops.reshape(images, [batch, -1]);
    switch (call.operation) {
      case 'Conv2D':
        return ops.reshape(ops.matMul(flat(first), matrixOf(ops, call, second)), call.output);
      case 'Conv2DBackpropInput': {
        const pixels = ops.matMul(flat(second), matrixOf(ops, call, first), { transposeB: true });
        return ops.reshape(pixels, call.input);
      }
      case 'Conv2DBackpropFilter':
        return tapsOfMatrix(ops, call, ops.matMul(flat(first), flat(second), { transposeA: true }));
    }
  },
};

/** [input pixels · input channels, output pixels · output channels] */
function matrixOf(ops: NativeOps, call: ConvolutionCall, filter: NativeTensor): NativeTensor {
  const columns = windowsOf(call).map((window) => tapsOf(ops, call, window, filter));
  return ops.concat(columns, 1);
}

/** A filter's gradient, from that of the matrix that was made of it. */
function tapsOfMatrix(ops: NativeOps, call: ConvolutionCall, matrix: NativeTensor): NativeTensor {
  const [, , inputs, outputs] = call.filter;
  const width = call.output[2];
  return addUpTaps(ops, call, windowsOf(call), ({ row, column }, pixel) =>
    ops.slice(matrix, [pixel * inputs, (row * width + column) * outputs], [inputs, outputs]),
  );
}
