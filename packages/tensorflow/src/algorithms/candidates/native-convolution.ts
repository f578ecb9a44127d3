import { attribute, type OpAttribute } from '../../native/attributes.ts';
import type { ConvolutionCall, Padding } from '../calls.ts';
import type { Candidate } from '../candidate.ts';

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

/** The attributes that TensorFlow's three ops have in common. */
export function convolutionAttributes({
  strides,
  dilations,
  padding,
}: Pick<ConvolutionCall, 'strides' | 'dilations' | 'padding'>): OpAttribute[] {
  return [
    attribute.ints('strides', [1, ...strides, 1]),
    attribute.ints('dilations', [1, ...dilations, 1]),
    attribute.string('data_format', 'NHWC'),
    attribute.bool('use_cudnn_on_gpu', true),
    ...paddingAttributes(padding),
  ];
}

/** `VALID` where nothing is padded; otherwise numbers, which TensorFlow's ops take in all directions. */
function paddingAttributes({ top, bottom, left, right }: Padding): OpAttribute[] {
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return [attribute.string('padding', 'VALID')];
  return [
    attribute.string('padding', 'EXPLICIT'),
    attribute.ints('explicit_paddings', [0, 0, top, bottom, left, right, 0, 0]),
  ];
}
