import { checker, show } from '@loopwright/core';
import type { OptimizerParams } from './param-groups.ts';
import { type OptimizerOptions, RuleOptimizer } from './rule-optimizer.ts';
import { type MuonHyperParameters, muon } from './rules/muon.ts';

/**
 * Options of {@link Muon}: `learningRate` 1e-3, `weightDecay` 0.1, `momentum` 0.95, `nesterov` on, `nsSteps` 5, `epsilon`
 * 1e-7, `matchRmsAdamW` off.
 */
export type MuonOptions = OptimizerOptions<MuonHyperParameters>;

/**
 * Momentum, orthogonalized: each step moves a matrix of weights by about the same amount in all its directions. For the kernels
 * of dense and convolution layers within a network; its first and last layer, embeddings, biases and normalization are given to
 * another optimizer, usually {@link AdamW}, and both to a {@link JointOptimizer}.
 *
 * Follows `torch.optim.Muon`, and K. Jordan, "Muon: An optimizer for hidden layers in neural networks" (2024), in that a
 * convolution's kernel [height, width, in, out] is the matrix [height · width · in, out]. `matchRmsAdamW` is Liu et al., "Muon is
 * scalable for LLM training" (2025). The iteration is computed in float32, PyTorch's in bfloat16. See {@link orthogonalize}.
 *
 * @throws LoopwrightError for unknown options, values out of range, and parameters of less than two axes
 * @example
 * const isHidden = (name: string, { rank }: tf.Variable) => rank > 1 && !name.startsWith('head/');
 * const optimizer = new JointOptimizer([
 *   new Muon([{ name: 'hidden', params: model, select: isHidden }], { learningRate: 0.02 }),
 *   new AdamW([{ name: 'others', params: model, select: (...of) => !isHidden(...of) }], { learningRate: 1e-3 }),
 * ]);
 */
export class Muon extends RuleOptimizer<MuonHyperParameters> {
  constructor(params: OptimizerParams<MuonHyperParameters>, options?: MuonOptions) {
    super(muon, params, options);
    for (const [name, { rank, shape }] of this.parameters.variables) {
      if (rank >= 2) continue;
      checker('optimizers', muon.name).fail(
        `parameter ${show(name)} must be a matrix or kernel, and has shape ${show(shape)}: give it to another optimizer, and both to JointOptimizer`,
      );
    }
  }
}
