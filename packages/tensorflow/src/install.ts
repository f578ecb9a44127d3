/**
 * The installer of the native engine. Importing it loads no TensorFlow.
 * @packageDocumentation
 */
export { type InstallResult, install } from './install/install-engine.ts';
export type { InstallOptions } from './install/install-plan.ts';
export type { InstallProgress, OnProgress } from './install/progress.ts';
export { TENSORFLOW_RANGE, type Variant } from './tensorflow-versions.ts';
