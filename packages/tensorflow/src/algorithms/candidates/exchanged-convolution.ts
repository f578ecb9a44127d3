import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { isDilated, withoutPadding } from '../geometry.ts';
import { nativeConvolution } from './native-convolution.ts';

/** The weights' gradient as a forward convolution, with batch and channels exchanged: the gradient is its filter. */
export const exchangedConvolution: Candidate<ConvolutionCall> = {
  name: 'exchanged',
  applies: (call) =>
    call.operation === 'Conv2DBackpropFilter' &&
    call.filter[0] * call.filter[1] > 1 &&
    call.strides.every((stride) => stride === 1) &&
    !isDilated(call),
  run(ops, call, [images, gradient]) {
    const { input, filter, output, ...valid } = withoutPadding(call);
    const forward: ConvolutionCall = {
      ...valid,
      operation: 'Conv2D',
      input: [input[3], input[1], input[2], input[0]],
      filter: [output[1], output[2], output[0], output[3]],
      output: [filter[2], filter[0], filter[1], filter[3]],
    };
    const exchanged = nativeConvolution.run(ops, forward, [
      ops.transpose(ops.padImages(images, call.padding), [3, 1, 2, 0]),
      ops.transpose(gradient, [1, 2, 0, 3]),
    ]);
    return ops.transpose(exchanged, [1, 2, 0, 3]);
  },
};
