import type { Tensor } from '@tensorflow/tfjs-core';
import { nativeDropout } from './dropout.ts';
import { layerPrototype } from './layer-classes.ts';
import { type KernelFamily, replaceMethod } from './replacement.ts';

/** The parts of `tf.layers.dropout` that are used. `tf.layers.spatialDropout1d` inherits them. */
interface Dropout {
  readonly rate: number;
  readonly seed?: number;
  getNoiseShape(input: Tensor): readonly (number | null)[] | null | undefined;
  invokeCallHook(inputs: Tensor | Tensor[], options: object): void;
  call(inputs: Tensor | Tensor[], options: { training?: boolean }): Tensor | Tensor[];
}

/**
 * `tf.layers.dropout` with a seed: the seed begins a stream of masks. TensorFlow.js' own drops the same values at each
 * step. Without a seed the layer calls `tf.dropout`, which is native too.
 */
export const dropoutLayer: KernelFamily = () => {
  const prototype = layerPrototype<Dropout>('Dropout');
  if (prototype === undefined) return () => {};
  return replaceMethod(
    prototype,
    'call',
    (before) =>
      function (this: Dropout, inputs, options) {
        const { rate, seed } = this;
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        const drops = options.training === true && rate > 0 && rate < 1;
        if (!drops || seed === undefined || seed === null || x?.dtype !== 'float32') {
          return before.call(this, inputs, options);
        }
        this.invokeCallHook(inputs, options);
        return nativeDropout(x, rate, this.getNoiseShape(x), seed);
      },
  );
};
