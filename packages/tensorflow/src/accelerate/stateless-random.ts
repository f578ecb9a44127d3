import { scalar, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { nativeOp } from './native-op.ts';

const SHAPE = attribute.type('T', DataType.int32);
const SEED = attribute.type('Tseed', DataType.int32);

/** Standard distributions of float32 values, by the names of TensorFlow's ops. */
export type Distribution = 'StatelessRandomUniform' | 'StatelessRandomNormal' | 'StatelessTruncatedNormal';

/** Random values that depend on nothing but the seed, an int32 tensor of shape [2]. The tape does not see it. */
export function statelessRandom(distribution: Distribution, shape: readonly number[], seed: Tensor): Tensor {
  const dtype = attribute.type('dtype', DataType.float32);
  return nativeOp(distribution, [dtype, SHAPE, SEED], [tensor1d([...shape], 'int32'), seed]);
}

/** Random integers from `low` to `high` - 1; see {@link statelessRandom}. */
export function statelessIntegers(shape: readonly number[], low: number, high: number, seed: Tensor): Tensor {
  const dtype = attribute.type('dtype', DataType.int32);
  const bounds = [scalar(low, 'int32'), scalar(high, 'int32')];
  return nativeOp(
    'StatelessRandomUniformInt',
    [dtype, SHAPE, SEED],
    [tensor1d([...shape], 'int32'), seed, ...bounds],
  );
}
