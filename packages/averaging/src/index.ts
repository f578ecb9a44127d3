export type { AverageKind } from './average.ts';
export { AveragedModel, type AveragedModelOptions } from './averaged-model.ts';
export type { TrainingForward } from './batch-statistics.ts';
export type { BatchSource } from './batches.ts';
export type { BufferPredicate } from './buffers.ts';
export type { StatisticNames } from './running-statistics.ts';
export { type UpdateBatchNormOptions, updateBatchNorm } from './update-batch-norm.ts';
