import type { OptimizerParams } from './param-groups.ts';
import { type OptimizerOptions, RuleOptimizer } from './rule-optimizer.ts';
import { type AdamHyperParameters, adam } from './rules/adam.ts';

/** Options of {@link Adam}: `learningRate` 1e-3, `beta1` 0.9, `beta2` 0.999, `epsilon` 1e-8, `weightDecay` 0. */
export type AdamOptions = OptimizerOptions<AdamHyperParameters>;

/**
 * Adam; `weightDecay` is an L2 term of the gradient, and so scaled like it ({@link AdamW} decays apart from it).
 * Follows `torch.optim.Adam`; Kingma and Ba, "Adam: A Method for Stochastic Optimization" (ICLR 2015); `amsgrad` after
 * Reddi et al., "On the Convergence of Adam and Beyond" (ICLR 2018).
 *
 * @throws LoopwrightError for unknown options and values out of range
 * @example
 * const optimizer = new Adam(model, { learningRate: 1e-3 });
 */
export class Adam extends RuleOptimizer<AdamHyperParameters> {
  constructor(params: OptimizerParams<AdamHyperParameters>, options?: AdamOptions) {
    super(adam, params, options);
  }
}
