export * as batchTransforms from './batch-transforms/index.ts';
export { cutMix } from './cut-mix.ts';
export * from './datasets/index.ts';
export { collateImages, type ImageBatch } from './loader/collate-images.ts';
export { DataLoader, type DataLoaderOptions } from './loader/data-loader.ts';
export {
  type BatchRandomness,
  InMemoryLoader,
  type InMemoryLoaderOptions,
} from './loader/in-memory-loader.ts';
export type { SkippedSample } from './loader/read-samples.ts';
export { mixUp } from './mix-up.ts';
export type { MixableBatch, MixedBatch, MixOptions } from './mixing.ts';
export { BatchSampler, type BatchSamplerOptions } from './samplers/batch-sampler.ts';
export { DistributedSampler, type DistributedSamplerOptions } from './samplers/distributed-sampler.ts';
export { RandomSampler, type RandomSamplerOptions } from './samplers/random-sampler.ts';
export type { BatchOrder, Sampler, Sized } from './samplers/sampler.ts';
export { SequentialSampler } from './samplers/sequential-sampler.ts';
export { SubsetRandomSampler } from './samplers/subset-random-sampler.ts';
export {
  WeightedRandomSampler,
  type WeightedRandomSamplerOptions,
} from './samplers/weighted-random-sampler.ts';
export { type ShowBatchOptions, showBatch } from './show-batch/show-batch.ts';
export { type MovePerClassOptions, movePerClass } from './splits/move-per-class.ts';
export type { Parts } from './splits/parts.ts';
export { randomSplit } from './splits/random-split.ts';
export { type StratifiedSplitOptions, stratifiedSplit } from './splits/stratified-split.ts';
export * as transforms from './transforms/index.ts';
