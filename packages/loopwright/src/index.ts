/**
 * The packages that work on any TensorFlow.js backend, in one import. The engine is not among them, because importing
 * it loads it: `import { tf } from '@loopwright/tensorflow'`. Nor are `@loopwright/plot` and `@loopwright/board`, which bring a
 * chart library.
 */
export * from '@loopwright/averaging';
export * from '@loopwright/checkpoint';
export * from '@loopwright/core';
export * from '@loopwright/data';
export * from '@loopwright/distillation';
export * as eventFiles from '@loopwright/event-files';
export * from '@loopwright/guards';
export * from '@loopwright/logging';
export * from '@loopwright/losses';
export * from '@loopwright/lr-finder';
export * from '@loopwright/metrics';
export * from '@loopwright/optimizers';
export * from '@loopwright/progress';
export * as safetensors from '@loopwright/safetensors';
export * from '@loopwright/schedulers';
export * from '@loopwright/study';
export * from '@loopwright/tta';
