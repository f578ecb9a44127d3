import type { OptimizerParams } from './param-groups.ts';
import { type OptimizerOptions, RuleOptimizer } from './rule-optimizer.ts';
import { type AdamHyperParameters, adamW } from './rules/adam.ts';

/** Options of {@link AdamW}: those of `Adam`, with `weightDecay` 1e-2 by default. */
export type AdamWOptions = OptimizerOptions<AdamHyperParameters>;

/**
 * Adam with decoupled weight decay: weights shrink by `learningRate weightDecay` a step, whatever their gradients.
 * Follows `torch.optim.AdamW`; Loshchilov and Hutter, "Decoupled Weight Decay Regularization" (ICLR 2019).
 *
 * @throws LoopwrightError for unknown options and values out of range
 * @example
 * const optimizer = new AdamW(model, {
 *   learningRate: 1e-3,
 *   weightDecay: 1e-4,
 *   noDecay: (name, variable) => variable.rank < 2, // biases and normalization
 * });
 */
export class AdamW extends RuleOptimizer<AdamHyperParameters> {
  constructor(params: OptimizerParams<AdamHyperParameters>, options?: AdamWOptions) {
    super(adamW, params, options);
  }
}
