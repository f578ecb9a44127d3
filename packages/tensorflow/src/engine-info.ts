/**
 * What is known about the engine and its surroundings. Importing it loads no TensorFlow.
 * @packageDocumentation
 */
export { type EngineInfo, type EngineInfoOptions, engineInfo } from './info/engine-info.ts';
export type { EngineProblem } from './info/find-problems.ts';
