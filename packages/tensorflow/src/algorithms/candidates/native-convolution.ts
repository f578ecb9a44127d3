import { attribute, type OpAttribute } from '../../native/attributes.ts';
import type { ConvolutionCall } from '../calls.ts';
import type { Candidate } from '../candidate.ts';
import { isPadded, isSamePadding } from '../geometry.ts';

/** TensorFlow's own op, in all three directions. */
export const nativeConvolution: Candidate<ConvolutionCall> = {
  name: 'native',
  applies: () => true,
  run(ops, call, [first, second]) {
    const attributes = convolutionAttributes(call);
    switch (call.operation) {
      case 'Conv2D':
        return ops.execute('Conv2D', [first, second], attributes);
      case 'Conv2DBackpropInput':
        return ops.execute('Conv2DBackpropInput', [ops.integers(call.input), first, second], attributes);
      case 'Conv2DBackpropFilter':
        return ops.execute('Conv2DBackpropFilter', [first, ops.integers(call.filter), second], attributes);
    }
  },
};

function convolutionAttributes(call: ConvolutionCall): OpAttribute[] {
  return [
    attribute.ints('strides', [1, ...call.strides, 1]),
    attribute.ints('dilations', [1, ...call.dilations, 1]),
    attribute.string('data_format', 'NHWC'),
    attribute.bool('use_cudnn_on_gpu', true),
    ...paddingAttributes(call),
  ];
}

/** By name where the padding has one: of numbers, TensorFlow's gradients take a far slower path. */
export function paddingAttributes(call: ConvolutionCall): OpAttribute[] {
  if (!isPadded(call)) return [attribute.string('padding', 'VALID')];
  if (isSamePadding(call)) return [attribute.string('padding', 'SAME')];
  const { top, bottom, left, right } = call.padding;
  return [
    attribute.string('padding', 'EXPLICIT'),
    attribute.ints('explicit_paddings', [0, 0, top, bottom, left, right, 0, 0]),
  ];
}
