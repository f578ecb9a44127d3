import { MaxPool, MaxPoolGrad, pad, slice, type Tensor, type TensorInfo, tidy } from '@tensorflow/tfjs-core';
import { attribute, type OpAttribute } from '../native/attributes.ts';
import type { TensorMetadata } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import { activeNativeBackend, type NativeBackend } from '../native/native-backend.ts';
import { CHANNELS_LAST, FLOAT, nativeOp } from './native-op.ts';
import { type PoolingGeometry, poolingGeometry } from './pooling-geometry.ts';
import { type KernelFamily, replaceKernel, together } from './replacement.ts';

const WIDEN = [attribute.type('SrcT', DataType.int32), attribute.type('DstT', DataType.int64)];

const forward: KernelFamily = () =>
  replaceKernel(MaxPool, ({ inputs, attrs }) => {
    const { x } = inputs as { x: TensorInfo };
    const geometry = poolingGeometry(x, attrs);
    if (geometry === undefined || typeof geometry.padding === 'string') return undefined;
    const padding = [
      attribute.string('padding', 'EXPLICIT'),
      attribute.ints('explicit_paddings', geometry.padding.flat()),
    ];
    return nativeOp(MaxPool, [FLOAT, CHANNELS_LAST, ...geometry.window, ...padding], [x]);
  });

const gradient: KernelFamily = () =>
  replaceKernel(MaxPoolGrad, ({ inputs, attrs }) => {
    const { dy, input } = inputs as Record<'dy' | 'input', TensorInfo>;
    const geometry = poolingGeometry(input, attrs);
    const backend = activeNativeBackend();
    if (geometry === undefined || backend === undefined || backend.binding.isUsingGpuDevice())
      return undefined;
    const { window, padding } = geometry;
    if (typeof padding === 'string') return gradientByPositions(backend, input, dy, window, padding);
    return tidy(() => {
      const pairs = padding.map(([before, after]): [number, number] => [before, after]);
      const padded = pad(input as Tensor, pairs, Number.NEGATIVE_INFINITY);
      const whole = gradientByPositions(backend, padded, dy, window, 'VALID');
      return slice(
        whole,
        pairs.map(([before]) => before),
        input.shape,
      );
    });
  });

/**
 * Sends each gradient to the position of its window's maximum. TensorFlow's `MaxPoolGrad` does the same on a CPU, in about
 * five times the time. Positions are found in 32 bits, which is ten times as fast as in 64, and used in 64, which TensorFlow.js
 * has not; so they stay below it.
 */
function gradientByPositions(
  backend: NativeBackend,
  input: TensorInfo,
  dy: TensorInfo,
  window: PoolingGeometry['window'],
  padding: 'SAME' | 'VALID',
): Tensor {
  const { binding } = backend;
  const made: number[] = [];
  const run = (
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly number[],
    outputs: number,
  ) => {
    const results = binding.executeOp(name, attributes, inputs, outputs);
    made.push(...results.map(({ id }) => id));
    return results;
  };
  const [inputId, dyId] = backend.getInputTensorIds([input, dy]) as [number, number];
  const pooling = [
    FLOAT,
    ...window,
    attribute.string('padding', padding),
    attribute.bool('include_batch_in_index', true),
  ];
  try {
    const narrow = [...pooling, attribute.type('Targmax', DataType.int32)];
    const [, positions] = run('MaxPoolWithArgmax', narrow, [inputId], 2);
    const [widened] = run('Cast', WIDEN, [(positions as TensorMetadata).id], 1);
    const wide = [...pooling, attribute.type('Targmax', DataType.int64)];
    const inputs = [inputId, dyId, (widened as TensorMetadata).id];
    const [slope] = binding.executeOp('MaxPoolGradWithArgmax', wide, inputs, 1);
    return backend.createOutputTensor(slope as TensorMetadata);
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
}

/**
 * `tf.maxPool` with padding in pixels, as PyTorch's models have it, which TensorFlow.js refuses on the native backend; and
 * a faster gradient of all max pooling on a CPU. Average pooling and its gradient are fast native ops already.
 */
export const maxPooling: KernelFamily = together(forward, gradient);
