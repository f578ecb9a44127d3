import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { isPadded, isSamePadding, withoutPadding } from '../geometry.ts';
import { nativeConvolution } from './native-convolution.ts';

/**
 * Padding apart from the convolution: oneDNN has no gradients for padding that is given in numbers, as PyTorch's is at
 * stride 2, and TensorFlow then computes on a path that is tens of times slower.
 */
export const paddedConvolution: Candidate<ConvolutionCall> = {
  name: 'padded',
  applies: (call) => isPadded(call) && !isSamePadding(call),
  run(ops, call, [first, second]) {
    const valid = withoutPadding(call);
    if (call.operation !== 'Conv2DBackpropInput') {
      return nativeConvolution.run(ops, valid, [ops.padImages(first, call.padding), second]);
    }
    const { top, left } = call.padding;
    return ops.slice(nativeConvolution.run(ops, valid, [first, second]), [0, top, left, 0], call.input);
  },
};
