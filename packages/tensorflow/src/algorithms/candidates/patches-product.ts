import { attribute } from '../../native/attributes.ts';
import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { isDilated, isPadded, isSamePadding } from '../geometry.ts';
import type { NativeOps, NativeTensor } from '../native-ops.ts';

/** All windows of the whole batch as the rows of one matrix (im2col), and one product with it. */
export const patchesProduct: Candidate<ConvolutionCall> = {
  name: 'patches',
  applies: (call) =>
    call.operation !== 'Conv2DBackpropInput' && call.filter[0] * call.filter[1] > 1 && !isDilated(call),
  run(ops, call, [images, second]) {
    const outputs = call.filter[3];
    const rows = patches(ops, call, images);
    if (call.operation === 'Conv2D') {
      return ops.reshape(ops.matMul(rows, ops.reshape(second, [-1, outputs])), call.output);
    }
    const gradient = ops.reshape(second, [-1, outputs]);
    return ops.reshape(ops.matMul(rows, gradient, { transposeA: true }), call.filter);
  },
};

/** One window a row: [batch · output height · output width, filter height · filter width · channels]. */
function patches(ops: NativeOps, call: ConvolutionCall, images: NativeTensor): NativeTensor {
  const [height, width, inputs] = call.filter;
  const same = isPadded(call) && isSamePadding(call);
  const windows = ops.execute(
    'ExtractImagePatches',
    [same ? images : ops.padImages(images, call.padding)],
    [
      attribute.ints('ksizes', [1, height, width, 1]),
      attribute.ints('strides', [1, ...call.strides, 1]),
      attribute.ints('rates', [1, 1, 1, 1]),
      attribute.string('padding', same ? 'SAME' : 'VALID'),
    ],
  );
  return ops.reshape(windows, [-1, height * width * inputs]);
}
