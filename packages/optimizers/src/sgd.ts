import type { OptimizerParams } from './param-groups.ts';
import { type OptimizerOptions, RuleOptimizer } from './rule-optimizer.ts';
import { type SGDHyperParameters, sgd } from './rules/sgd.ts';

/** Options of {@link SGD}; `learningRate` is 1e-3 by default, everything else off. */
export type SGDOptions = OptimizerOptions<SGDHyperParameters>;

/**
 * Stochastic gradient descent, with momentum, dampening, Nesterov's momentum and L2 weight decay; follows
 * `torch.optim.SGD`. The learning rate is outside the momentum buffer, so a schedule acts at once, and the first
 * gradient fills the buffer undampened.
 *
 * @throws LoopwrightError for unknown options, values out of range, and `nesterov` without `momentum` or with `dampening`
 * @example
 * const optimizer = new SGD(model, { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
 */
export class SGD extends RuleOptimizer<SGDHyperParameters> {
  constructor(params: OptimizerParams<SGDHyperParameters>, options?: SGDOptions) {
    super(sgd, params, options);
  }
}
