/**
 * TensorFlow.js on the native engine where it is installed, else on the pure JavaScript backend.
 *
 * @example
 * import { engine, tf } from '@loopwright/tensorflow/portable';
 * const examples = engine === 'tensorflow' ? 60_000 : 1_000;
 * tf.ones([2, 2]).print();
 * @packageDocumentation
 */
import './load/portable-engine.ts';

export * as tf from '@tensorflow/tfjs';
export { type BatchNormOptions, batchNorm, type StatisticsUpdate } from './accelerate/batch-norm.ts';
export { type RandomSource, random } from './accelerate/random.ts';
export { type GeluForm, type GeluOptions, gelu, mish, swish } from './accelerate/smooth-activations.ts';
export { type AlgorithmChoices, algorithms } from './algorithms/index.ts';
export { type AutocastOptions, autocast } from './autocast/autocast.ts';
export { type Compiled, type CompileOptions, compile } from './compile/compile.ts';
export {
  describeEnvironment,
  type EnvironmentDescription,
  environment,
  type RunEnvironment,
} from './info/environment.ts';
export { engine, type PortableTensorFlow as TensorFlow } from './load/portable-engine.ts';
