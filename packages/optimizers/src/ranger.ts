import { type CentralizationAxes, centralizationAxes } from './gradient-centralization.ts';
import { Lookahead, type LookaheadOptions } from './lookahead.ts';
import type { OptimizerParams } from './param-groups.ts';
import { type OptimizerOptions, RuleOptimizer } from './rule-optimizer.ts';
import { type RangerHyperParameters, ranger } from './rules/ranger.ts';

/**
 * Options of {@link Ranger}: `learningRate` 1e-3, `beta1` 0.95, `beta2` 0.999, `epsilon` 1e-5, `weightDecay` 0,
 * `gradientCentralization` on, `k` 6, `alpha` 0.5.
 */
export type RangerOptions = OptimizerOptions<RangerHyperParameters> &
  LookaheadOptions & {
    /** Over which axes gradients are centralized; by default those of tf.layers' kernels. */
    readonly centralizationAxes?: CentralizationAxes;
  };

/**
 * Rectified Adam with decoupled weight decay, on centralized gradients, with {@link Lookahead} around it.
 *
 * Follows version 20.4.11 of Less Wright's Ranger, whose `N_sma_threshhold` is fixed at its 5 here, with the rule
 * written as in `torch.optim.RAdam`. Kernels have TensorFlow's layout, outputs last; see {@link centralizationAxes}.
 *
 * @throws LoopwrightError for unknown options and values out of range
 * @example
 * const optimizer = new Ranger(model, { learningRate: 3e-3, weightDecay: 1e-2 });
 */
export class Ranger extends Lookahead {
  constructor(params: OptimizerParams<RangerHyperParameters>, options: RangerOptions = {}) {
    const { k, alpha, centralizationAxes: axes = centralizationAxes, ...inner } = options;
    super(new RuleOptimizer(ranger(axes), params, inner), { k, alpha });
  }
}
