/**
 * TensorFlow.js on the native engine. Importing this package loads it.
 *
 * @example
 * import { tf } from '@loopwright/tensorflow';
 * tf.matMul(tf.eye(2), tf.ones([2, 2])).print();
 * @packageDocumentation
 */
import './load/native.ts';

export * as tf from '@tensorflow/tfjs-node-gpu';
export { type AccelerateOptions, accelerate } from './accelerate/accelerate.ts';
export { type BatchNormOptions, batchNorm, type StatisticsUpdate } from './accelerate/batch-norm.ts';
export { type RandomSource, random } from './accelerate/random.ts';
export { type GeluForm, type GeluOptions, gelu, mish, swish } from './accelerate/smooth-activations.ts';
export {
  type AlgorithmChoices,
  type AlgorithmReport,
  algorithmChoices,
  algorithms,
  type ChosenAlgorithm,
  describeAlgorithms,
  type Tune,
  type TuneOptions,
} from './algorithms/index.ts';
export { type AutocastOptions, autocast } from './autocast/autocast.ts';
export { type Compiled, type CompileOptions, compile } from './compile/compile.ts';
export { type EngineInfo, type EngineInfoOptions, engineInfo } from './info/engine-info.ts';
export {
  describeEnvironment,
  type EnvironmentDescription,
  environment,
  type RunEnvironment,
} from './info/environment.ts';
export type { EngineProblem } from './info/find-problems.ts';
export type { TensorFlow } from './load/load-native.ts';
export { type FormatProfileOptions, formatProfile } from './profile/format-profile.ts';
export { peakMemory } from './profile/peak-memory.ts';
export { type ProfileStepOptions, profileStep } from './profile/profile-step.ts';
export type {
  OpProfile,
  PrimitiveProfile,
  StepMemory,
  StepProfile,
  StepTime,
} from './profile/step-profile.ts';
