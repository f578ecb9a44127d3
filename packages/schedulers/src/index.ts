export { ChainedScheduler, chained } from './chained-scheduler.ts';
export { ConstantLR, type ConstantLROptions, constantFactor } from './constant-lr.ts';
export { CosineAnnealingLR, type CosineAnnealingLROptions, cosineAnnealing } from './cosine-annealing-lr.ts';
export {
  CosineAnnealingWarmRestarts,
  type CosineAnnealingWarmRestartsOptions,
  cosineAnnealingWarmRestarts,
} from './cosine-annealing-warm-restarts.ts';
export { CyclicLR, type CyclicLROptions, cyclic, cyclicMomentum } from './cyclic-lr.ts';
export { ExponentialLR, type ExponentialLROptions, exponentialDecay } from './exponential-lr.ts';
export { FlatCosLR, type FlatCosLROptions, flatCos } from './flat-cos-lr.ts';
export { LambdaLR, type LambdaLROptions, lambdaSchedule } from './lambda-lr.ts';
export { LinearLR, type LinearLROptions, linear } from './linear-lr.ts';
export { LRScheduler, OpenLoopScheduler } from './lr-scheduler.ts';
export { absolute, type Motion, relative } from './motion.ts';
export { MultiStepLR, type MultiStepLROptions, multiStepDecay } from './multi-step-lr.ts';
export { MultiplicativeLR, type MultiplicativeLROptions, multiplicative } from './multiplicative-lr.ts';
export { OneCycleLR, type OneCycleLROptions, oneCycle, oneCycleMomentum } from './one-cycle-lr.ts';
export type { SchedulableOptimizer } from './optimizer-groups.ts';
export type { BaseLr, RunLength } from './options.ts';
export { PolynomialLR, type PolynomialLROptions, polynomialDecay } from './polynomial-lr.ts';
export { preview } from './preview.ts';
export { plateau, ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './reduce-lr-on-plateau.ts';
export { type GroupPlace, type ScheduleDefinition, ScheduleLR } from './schedule-lr.ts';
export { SequentialLR, type SequentialLROptions, sequential } from './sequential-lr.ts';
export { StepLR, type StepLROptions, stepDecay } from './step-lr.ts';
export type { StockOptimizer } from './stock-optimizer.ts';
export { SWALR, type SWALROptions, swaAnnealing } from './swa-lr.ts';
