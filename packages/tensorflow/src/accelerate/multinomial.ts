import { Multinomial, scalar } from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { FLOAT, nativeOp } from './native-op.ts';
import { random } from './random.ts';
import { type KernelFamily, replaceKernel } from './replacement.ts';

/** `tf.multinomial` without a seed, which draws from this package's {@link random}. */
export const multinomial: KernelFamily = () =>
  replaceKernel(Multinomial, ({ inputs: { logits }, attrs: { numSamples, seed, normalized } }) => {
    // TensorFlow.js puts a fraction in the place of a seed that was not given.
    const seeded = Number.isInteger(seed);
    if (logits?.dtype !== 'float32' || seeded || normalized === true) return undefined;
    const attributes = [
      FLOAT,
      attribute.type('output_dtype', DataType.int32),
      attribute.type('Tseed', DataType.int32),
    ];
    const parameters = [scalar(numSamples as number, 'int32'), random.opSeed()];
    const samples = nativeOp('StatelessMultinomial', attributes, [logits, ...parameters]);
    for (const parameter of parameters) parameter.dispose();
    return samples;
  });
