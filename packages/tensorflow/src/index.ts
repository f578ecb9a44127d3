export {
  type EngineInfo,
  type EngineInfoOptions,
  engineInfo,
} from './info/engine-info.ts';
export type { EngineProblem } from './info/find-problems.ts';
export type { TensorFlow } from './load/load-native.ts';
export { tf } from './load/native-tensorflow.ts';
