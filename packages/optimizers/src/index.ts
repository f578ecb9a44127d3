export { Adam, type AdamOptions } from './adam.ts';
export { AdamW, type AdamWOptions } from './adamw.ts';
export { type ClippedGradients, clipGradNorm } from './clip-grad-norm.ts';
export { clipGradValue } from './clip-grad-value.ts';
export { GradientAccumulator, type GradientAccumulatorOptions } from './gradient-accumulator.ts';
export {
  type CentralizationAxes,
  centralizationAxes,
  centralizeGradient,
} from './gradient-centralization.ts';
export type { Gradients } from './gradients.ts';
export {
  type CommonHyperParameters,
  commonHyperParameters,
  type HyperParameterSpec,
  type HyperParameterTable,
} from './hyper-parameters.ts';
export type { InPlaceRule, KernelNumbers } from './in-place-rule.ts';
export { JointOptimizer } from './joint-optimizer.ts';
export {
  Lookahead,
  type LookaheadOptions,
  type LookaheadWithInnerOptions,
  type OptimizerClass,
} from './lookahead.ts';
export { Muon, type MuonOptions } from './muon.ts';
export type { Optimizer } from './optimizer.ts';
export { type OrthogonalizeOptions, orthogonalize } from './orthogonalize.ts';
export {
  groupParams,
  namedParameters,
  type OptimizerParams,
  type ParamGroupOptions,
  type VariablePredicate,
} from './param-groups.ts';
export type { MatchedGradient, ParameterSet } from './parameter-set.ts';
export { RAdam, type RAdamOptions } from './radam.ts';
export { Ranger, type RangerOptions } from './ranger.ts';
export { RMSprop, type RMSpropOptions } from './rmsprop.ts';
export { type OptimizerOptions, RuleOptimizer } from './rule-optimizer.ts';
export type { AdamHyperParameters } from './rules/adam.ts';
export type { MuonHyperParameters } from './rules/muon.ts';
export type { RAdamHyperParameters } from './rules/radam.ts';
export type { RangerHyperParameters } from './rules/ranger.ts';
export type { RMSpropHyperParameters } from './rules/rmsprop.ts';
export type { SGDHyperParameters } from './rules/sgd.ts';
export { SGD, type SGDOptions } from './sgd.ts';
export type { UpdateInput, UpdateOutput, UpdateRule } from './update-rule.ts';
