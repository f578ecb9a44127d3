import { backend_util, MaxPool, MaxPoolGrad, type TensorInfo } from '@tensorflow/tfjs-core';
import { attribute, type OpAttribute } from '../native/attributes.ts';
import { CHANNELS_LAST, FLOAT, nativeOp } from './native-op.ts';
import { type KernelCall, type KernelFamily, replaceKernel, together } from './replacement.ts';

type ImageShape = [number, number, number, number];

/**
 * The attributes of a pooling whose padding is given in pixels, or undefined if the native op would round the size of
 * the output otherwise.
 */
function explicitAttributes(input: TensorInfo, attrs: KernelCall['attrs']): OpAttribute[] | undefined {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as {
    filterSize: number | [number, number];
    strides: number | [number, number];
    pad: number | 'valid' | 'same' | backend_util.ExplicitPadding;
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  };
  const info = backend_util.computePool2DInfo(
    input.shape as ImageShape,
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, bottom, left, right, type } = info.padInfo;
  const floored =
    info.outHeight ===
      Math.floor((info.inHeight + top + bottom - info.filterHeight) / info.strideHeight) + 1 &&
    info.outWidth === Math.floor((info.inWidth + left + right - info.filterWidth) / info.strideWidth) + 1;
  const inPixels = type === 'EXPLICIT' || type === 'NUMBER';
  if (!inPixels || !floored || input.dtype !== 'float32') return undefined;
  return [
    FLOAT,
    attribute.ints('ksize', [1, info.filterHeight, info.filterWidth, 1]),
    attribute.ints('strides', [1, info.strideHeight, info.strideWidth, 1]),
    attribute.string('padding', 'EXPLICIT'),
    attribute.ints('explicit_paddings', [0, 0, top, bottom, left, right, 0, 0]),
    CHANNELS_LAST,
  ];
}

const forward: KernelFamily = () =>
  replaceKernel(MaxPool, ({ inputs, attrs }) => {
    const { x } = inputs as { x: TensorInfo };
    const attributes = explicitAttributes(x, attrs);
    return attributes && nativeOp(MaxPool, attributes, [x]);
  });

const gradient: KernelFamily = () =>
  replaceKernel(MaxPoolGrad, ({ inputs, attrs }) => {
    const { dy, input, output } = inputs as Record<'dy' | 'input' | 'output', TensorInfo>;
    const attributes = explicitAttributes(input, attrs);
    return attributes && nativeOp(MaxPoolGrad, attributes, [input, output, dy]);
  });

/**
 * `tf.maxPool` with padding in pixels, as PyTorch's models have it; TensorFlow.js refuses it on the native backend. The
 * gradients of pooling are single native ops already.
 */
export const maxPooling: KernelFamily = together(forward, gradient);
