import { engine, LogSoftmax, type Tensor } from '@tensorflow/tfjs-core';
import { FLOAT, isNative, nativeOp } from './native-op.ts';
import { original, replaceFunction } from './replaceable-functions.ts';
import { type KernelFamily, replaceKernel, together } from './replacement.ts';

const kernel: KernelFamily = () =>
  replaceKernel(LogSoftmax, ({ inputs: { logits } }) =>
    logits === undefined ? undefined : nativeOp(LogSoftmax, [FLOAT], [logits]),
  );

/** `tf.logSoftmax` over the last axis in one op, where TensorFlow.js takes seven. Its gradient is TensorFlow.js' own. */
const forward: KernelFamily = () =>
  replaceFunction('logSoftmax', ((logits: Tensor, axis = -1) => {
    const lastAxis = axis === -1 || axis === logits.rank - 1;
    const fits = isNative() && lastAxis && logits.rank > 0 && logits.dtype === 'float32';
    if (!fits) return original('logSoftmax')(logits, axis);
    return engine().runKernel(LogSoftmax, { logits }, { axis: -1 }) as Tensor;
  }) as typeof import('@tensorflow/tfjs-core').logSoftmax);

export const logSoftmax: KernelFamily = together(kernel, forward);
