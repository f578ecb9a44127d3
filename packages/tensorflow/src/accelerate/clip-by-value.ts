import { cast, equal, mul, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { FLOAT, isTaped, nativeOp } from './native-op.ts';
import { type KernelFamily, replaceGradient, replaceKernel, together } from './replacement.ts';

const forward: KernelFamily = () =>
  replaceKernel('ClipByValue', ({ inputs: { x }, attrs: { clipValueMin, clipValueMax } }) => {
    if (x?.dtype !== 'float32') return undefined;
    const bounds = [scalar(clipValueMin as number), scalar(clipValueMax as number)];
    const result = nativeOp('ClipByValue', [FLOAT], [x, ...bounds]);
    for (const bound of bounds) bound.dispose();
    return result;
  });

/** The gradient passes where clipping changed nothing, the bounds included. */
const gradient: KernelFamily = () =>
  replaceGradient('ClipByValue', {
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradient: (dy, saved, _attrs, before) => {
      const [x, y] = saved as readonly [Tensor, Tensor];
      return isTaped() ? before() : { x: () => mul(dy, cast(equal(x, y), 'float32')) };
    },
  });

/** `tf.clipByValue` and its gradient, and with it tf.layers' ReLU with a maximum. */
export const clipByValue: KernelFamily = together(forward, gradient);
