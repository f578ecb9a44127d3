import type { OptimizerParams } from './param-groups.ts';
import { type OptimizerOptions, RuleOptimizer } from './rule-optimizer.ts';
import { type RMSpropHyperParameters, rmsProp } from './rules/rmsprop.ts';

/** Options of {@link RMSprop}: `learningRate` 1e-2, `decay` 0.99, `epsilon` 1e-8, `momentum` 0, `weightDecay` 0. */
export type RMSpropOptions = OptimizerOptions<RMSpropHyperParameters>;

/**
 * RMSprop, plain or centered, with momentum. Follows `torch.optim.RMSprop`, whose `alpha` is `decay` here; epsilon is
 * outside the root, where TensorFlow has it inside.
 *
 * @throws LoopwrightError for unknown options and values out of range
 * @example
 * const optimizer = new RMSprop(model, { learningRate: 1e-3, decay: 0.9, momentum: 0.9, centered: true });
 */
export class RMSprop extends RuleOptimizer<RMSpropHyperParameters> {
  constructor(params: OptimizerParams<RMSpropHyperParameters>, options?: RMSpropOptions) {
    super(rmsProp, params, options);
  }
}
