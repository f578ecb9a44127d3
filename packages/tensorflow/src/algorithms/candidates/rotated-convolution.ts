import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { axesOf, isDilated } from '../geometry.ts';
import { nativeConvolution } from './native-convolution.ts';

/**
 * The input's gradient as a forward convolution of the output's gradient, with the filter rotated by 180° and its
 * channels exchanged.
 */
export const rotatedConvolution: Candidate<ConvolutionCall> = {
  name: 'rotated',
  applies: (call) =>
    call.operation === 'Conv2DBackpropInput' &&
    call.strides.every((stride) => stride === 1) &&
    !isDilated(call) &&
    axesOf(call).every(({ taps, before, after }) => before < taps && after < taps),
  run(ops, call, [filter, gradient]) {
    const [height, width, inputs, outputs] = call.filter;
    const { top, bottom, left, right } = call.padding;
    const forward: ConvolutionCall = {
      ...call,
      operation: 'Conv2D',
      input: call.output,
      filter: [height, width, outputs, inputs],
      output: call.input,
      padding: {
        top: height - 1 - top,
        bottom: height - 1 - bottom,
        left: width - 1 - left,
        right: width - 1 - right,
      },
    };
    const rotated = ops.transpose(ops.reverse(filter, [0, 1]), [0, 1, 3, 2]);
    return nativeConvolution.run(ops, forward, [gradient, rotated]);
  },
};
