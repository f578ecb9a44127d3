import { MaxPool, MaxPoolGrad, pad, slice, type Tensor, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { CHANNELS_LAST, FLOAT, isForOwnOps, nativeOp } from './native-op.ts';
import { type Pair, type PoolingGeometry, poolingGeometry } from './pooling-geometry.ts';
import { type KernelFamily, replaceKernel, together } from './replacement.ts';

const forward: KernelFamily = () =>
  replaceKernel(MaxPool, ({ inputs, attrs }) => {
    const { x } = inputs as { x: TensorInfo };
    const geometry = poolingGeometry(x, attrs);
    if (!geometry?.isExplicit) return undefined;
    const padding = [
      attribute.string('padding', 'EXPLICIT'),
      attribute.ints('explicit_paddings', padsOf(geometry).flat()),
    ];
    return nativeOp(MaxPool, [FLOAT, CHANNELS_LAST, ...windowOf(geometry), ...padding], [x]);
  });

const gradient: KernelFamily = () =>
  replaceKernel(MaxPoolGrad, ({ inputs, attrs }) => {
    const { dy, input, output } = inputs as Record<'dy' | 'input' | 'output', Tensor>;
    const geometry = poolingGeometry(input, attrs);
    if (geometry === undefined) return undefined;
    if (isForOwnOps(input)) {
      const { window, strides, before } = geometry;
      const attributes = Object.entries({ window, strides, before });
      return nativeOp(
        'LoopwrightMaxPoolGrad', // native/max_pool_grad.h
        [FLOAT, ...attributes.map(([name, values]) => attribute.ints(name, values))],
        [input, dy],
      );
    }
    return geometry.isExplicit ? ofPadded(input, output, dy, geometry) : undefined;
  });

/** TensorFlow's gradient, which takes no padding in pixels. */
function ofPadded(input: Tensor, output: Tensor, dy: Tensor, geometry: PoolingGeometry): Tensor {
  return tidy(() => {
    const pads = padsOf(geometry);
    const padded = pad(input, pads, Number.NEGATIVE_INFINITY);
    const attributes = [FLOAT, CHANNELS_LAST, ...windowOf(geometry), attribute.string('padding', 'VALID')];
    const whole = nativeOp(MaxPoolGrad, attributes, [padded, output, dy]);
    return slice(
      whole,
      pads.map(([before]) => before),
      input.shape,
    );
  });
}

const windowOf = ({ window, strides }: PoolingGeometry) => [
  attribute.ints('ksize', [1, ...window, 1]),
  attribute.ints('strides', [1, ...strides, 1]),
];

function padsOf({ before, after }: PoolingGeometry): Pair[] {
  return [
    [0, 0],
    [before[0], after[0]],
    [before[1], after[1]],
    [0, 0],
  ];
}

/**
 * `tf.maxPool` with padding in pixels, as PyTorch's models have it, which TensorFlow.js refuses on the native backend; and
 * a faster gradient of all max pooling on a CPU. Average pooling and its gradient are fast native ops already.
 */
export const maxPooling: KernelFamily = together(forward, gradient);
