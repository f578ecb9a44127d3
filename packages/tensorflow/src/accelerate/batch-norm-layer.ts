import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { batchNorm } from './batch-norm.ts';
import { layerPrototype } from './layer-classes.ts';
import { type KernelFamily, replaceMethod } from './replacement.ts';

/** A weight of a layer of tf.layers. */
interface LayerVariable {
  /** The variable itself. */
  read(): Variable;
}

/** The parts of `tf.layers.batchNormalization` that are used. */
interface BatchNormalization {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma?: LayerVariable;
  readonly beta?: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
  call(inputs: Tensor | Tensor[], options: { training?: boolean }): Tensor | Tensor[];
}

/**
 * `tf.layers.batchNormalization` over the last axis, with and without scale and center. In training its running
 * statistics move as Keras moves them, as they do without it.
 */
export const batchNormLayer: KernelFamily = () => {
  const prototype = layerPrototype<BatchNormalization>('BatchNormalization');
  if (prototype === undefined) return () => {};
  return replaceMethod(
    prototype,
    'call',
    (before) =>
      function (this: BatchNormalization, inputs, options) {
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        if (x === undefined || !normalizesLastAxis(this, x)) return before.call(this, inputs, options);
        return batchNorm(x, {
          training: options.training === true,
          scale: this.gamma?.read(),
          offset: this.beta?.read(),
          runningMean: this.movingMean.read(),
          runningVariance: this.movingVariance.read(),
          update: 'keras',
          momentum: this.momentum,
          epsilon: this.epsilon,
        });
      },
  );
};

function normalizesLastAxis({ axis }: BatchNormalization, x: Tensor): boolean {
  return (axis === -1 || axis === x.rank - 1) && x.rank >= 2 && x.dtype === 'float32' && x.size > 0;
}
