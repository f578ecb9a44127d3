import { readTensor, type TensorValue } from '@loopwright/core';
import { hostTensor } from '@loopwright/core/tensors';
import { add, type DataType, mul, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { isNative } from './native-op.ts';
import { random } from './random.ts';
import { original, type ReplaceableName, replaceFunction } from './replaceable-functions.ts';
import { type KernelFamily, together } from './replacement.ts';
import { type Distribution, statelessIntegers, statelessRandom } from './stateless-random.ts';

/** How the random functions of TensorFlow.js are called; what follows the shape differs. */
type RandomFunction = (shape: number[], ...rest: (number | string | undefined)[]) => Tensor;
type RandomName = Exclude<ReplaceableName, 'dropout' | 'logSoftmax'>;

/**
 * Replaces a random function for calls without a seed of their own; see {@link randomTensors}.
 *
 * @param seedAt the seed's place among the arguments
 * @param compute what is undefined stays with TensorFlow.js, and is computed anew at each call of a compiled function
 */
function natively(
  name: RandomName,
  seedAt: number,
  compute: (shape: number[], ...rest: never[]) => Tensor | undefined = () => undefined,
): KernelFamily {
  const portable = original(name) as RandomFunction;
  const native = compute as (...args: Parameters<RandomFunction>) => Tensor | undefined;
  const replacement: RandomFunction = (...args) => {
    const seed = args[seedAt];
    if (!isNative() || (seed !== undefined && seed !== null)) return portable(...args);
    const tensor = args[0].every(isLength) ? native(...args) : undefined;
    return tensor ?? hostTensor(() => drawnValue(portable(...args)));
  };
  return () => replaceFunction(name, replacement as never);
}

/** @param tensor is freed */
function drawnValue(tensor: Tensor): TensorValue {
  const value = readTensor(tensor);
  tensor.dispose();
  return value;
}

function isLength(length: number): boolean {
  return Number.isSafeInteger(length) && length >= 0;
}

const uniform = natively('randomUniform', 4, (shape, low = 0, high = 1, dtype: DataType = 'float32') => {
  if (dtype === 'float32') return scaled('StatelessRandomUniform', shape, low, high - low);
  return dtype === 'int32' ? integers(shape, low, high) : undefined;
});

const normal = natively('randomNormal', 4, (shape, mean = 0, deviation = 1, dtype: DataType = 'float32') =>
  dtype === 'float32' ? scaled('StatelessRandomNormal', shape, mean, deviation) : undefined,
);

const standardNormal = natively('randomStandardNormal', 2, (shape, dtype: DataType = 'float32') =>
  dtype === 'float32' ? scaled('StatelessRandomNormal', shape, 0, 1) : undefined,
);

const truncated = natively(
  'truncatedNormal',
  4,
  (shape, mean = 0, deviation = 1, dtype: DataType = 'float32') =>
    dtype === 'float32' ? scaled('StatelessTruncatedNormal', shape, mean, deviation) : undefined,
);

function integers(shape: number[], low: number, high: number): Tensor | undefined {
  const isRange = Number.isInteger(low) && Number.isInteger(high) && low < high;
  return isRange ? tidy(() => statelessIntegers(shape, low, high, random.opSeed())) : undefined;
}

function scaled(distribution: Distribution, shape: number[], shift: number, scale: number): Tensor {
  return tidy(() => {
    const values = statelessRandom(distribution, shape, random.opSeed());
    const spread = scale === 1 ? values : mul(values, scale);
    return shift === 0 ? spread : add(spread, shift);
  });
}

/**
 * Random tensors made by native ops, where TensorFlow.js computes each value in JavaScript. They come from the
 * {@link random} of this package, except for gamma distributions and types that have no such op. With a seed of the
 * caller's own they stay TensorFlow.js' own: the same values each time, as before.
 */
export const randomTensors: KernelFamily = together(
  uniform,
  natively('randomUniformInt', 3, integers),
  normal,
  standardNormal,
  truncated,
  natively('randomGamma', 4),
);
