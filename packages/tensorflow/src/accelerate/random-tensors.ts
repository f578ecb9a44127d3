import { add, type DataType, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { isNative } from './native-op.ts';
import { random } from './random.ts';
import { original, replaceFunction } from './replaceable-functions.ts';
import { type KernelFamily, together } from './replacement.ts';
import { type Distribution, statelessIntegers, statelessRandom } from './stateless-random.ts';

/** What `tf.randomUniform`, `tf.randomNormal` and `tf.truncatedNormal` have in common. */
type RandomFunction = (
  shape: number[],
  first?: number,
  second?: number,
  dtype?: DataType,
  seed?: number | string,
) => Tensor;

/** Replaces a random function for calls without a seed of their own; see {@link randomTensors}. */
function natively(
  name: 'randomUniform' | 'randomNormal' | 'truncatedNormal',
  compute: (...args: Parameters<RandomFunction>) => Tensor | undefined,
): KernelFamily {
  const portable = original(name) as RandomFunction;
  const replacement: RandomFunction = (...args) => {
    const [shape, , , , seed] = args;
    const usable = isNative() && (seed === undefined || seed === null) && shape.every(isLength);
    return (usable ? compute(...args) : undefined) ?? portable(...args);
  };
  return () => replaceFunction(name, replacement as never);
}

function isLength(length: number): boolean {
  return Number.isSafeInteger(length) && length >= 0;
}

const uniform = natively('randomUniform', (shape, low = 0, high = 1, dtype = 'float32') => {
  if (dtype === 'float32') return scaled('StatelessRandomUniform', shape, low, high - low);
  const range = dtype === 'int32' && Number.isInteger(low) && Number.isInteger(high) && low < high;
  return range ? tidy(() => statelessIntegers(shape, low, high, random.opSeed())) : undefined;
});

const normal = natively('randomNormal', (shape, mean = 0, deviation = 1, dtype = 'float32') =>
  dtype === 'float32' ? scaled('StatelessRandomNormal', shape, mean, deviation) : undefined,
);

const truncated = natively('truncatedNormal', (shape, mean = 0, deviation = 1, dtype = 'float32') =>
  dtype === 'float32' ? scaled('StatelessTruncatedNormal', shape, mean, deviation) : undefined,
);

function scaled(distribution: Distribution, shape: number[], shift: number, scale: number): Tensor {
  return tidy(() => {
    const values = statelessRandom(distribution, shape, random.opSeed());
    const spread = scale === 1 ? values : mul(values, scale);
    return shift === 0 ? spread : add(spread, shift);
  });
}

/**
 * Random tensors made by native ops, where TensorFlow.js computes each value in JavaScript. They come from the
 * {@link random} of this package. With a seed of the caller's own they stay TensorFlow.js' own: the same values each
 * time, as before.
 */
export const randomTensors: KernelFamily = together(uniform, normal, truncated);
