import { relu6, type Tensor } from '@tensorflow/tfjs-core';
import { layerPrototype } from './layer-classes.ts';
import { type KernelFamily, type Restore, replaceMethod, together } from './replacement.ts';
import { gelu, mish, swish } from './smooth-activations.ts';

/** An activation of tf.layers. */
interface ActivationClass {
  apply(x: Tensor, ...parameters: unknown[]): Tensor;
}

/** By the names that tf.layers gives them. */
const ACTIVATIONS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  swish,
  mish,
  gelu: (x) => gelu(x),
  gelu_new: (x) => gelu(x, { form: 'tanh' }),
  relu6,
};

/** What tf.layers composes of several ops that keep all intermediate results goes through our functions instead. */
export const layerActivations: KernelFamily = together(
  ...Object.entries(ACTIVATIONS).map(([className, activation]) => (): Restore => {
    const prototype = layerPrototype<ActivationClass>(className);
    if (prototype === undefined) return () => {};
    return replaceMethod(
      prototype,
      'apply',
      (before) =>
        function (this: ActivationClass, x, ...parameters) {
          return parameters.length === 0 ? activation(x) : before.call(this, x, ...parameters);
        },
    );
  }),
);
