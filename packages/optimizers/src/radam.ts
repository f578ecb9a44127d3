import type { OptimizerParams } from './param-groups.ts';
import { type OptimizerOptions, RuleOptimizer } from './rule-optimizer.ts';
import { type RAdamHyperParameters, rAdam } from './rules/radam.ts';

/** Options of {@link RAdam}: `learningRate` 1e-3, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-8, `weightDecay` 0. */
export type RAdamOptions = OptimizerOptions<RAdamHyperParameters>;

/**
 * Rectified Adam, which warms itself up: it steps by momentum alone until the variance of its adaptive rate can be
 * trusted (5 steps with `beta2` 0.999). Follows `torch.optim.RAdam`, with `decoupledWeightDecay` off by default.
 *
 * @throws LoopwrightError for unknown options and values out of range
 * @example
 * const optimizer = new RAdam(model, { learningRate: 1e-3, weightDecay: 1e-2, decoupledWeightDecay: true });
 */
export class RAdam extends RuleOptimizer<RAdamHyperParameters> {
  constructor(params: OptimizerParams<RAdamHyperParameters>, options?: RAdamOptions) {
    super(rAdam, params, options);
  }
}
