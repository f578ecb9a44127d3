import { checker } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { exp, logSoftmax, mean, mul, sub, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Reduced, type Reduction, reduce } from './reduction.ts';

/**
 * How the divergences of a batch's examples become one. `'batchMean'` is the divergence as it is defined, averaged over
 * the examples. `'mean'` averages over the classes too, as `torch.nn.functional.kl_div` does by default: it is smaller by the
 * number of classes.
 */
export type KlReduction = Reduction | 'batchMean';

export interface KlDivergenceOptions<R extends KlReduction = KlReduction> {
  /** `'batchMean'` by default. */
  readonly reduction?: R;
}

const check = checker('losses', 'klDivergence');

/**
 * Kullback-Leibler divergence of the input's distribution from the target's, both given as logits, in log space.
 *
 *     KL(target ‖ input)_i = Σ_c p_c · (log p_c − log q_c),  p = softmax(target_i),  q = softmax(input_i)
 *
 * Gradients flow into both.
 *
 * Follows `torch.nn.functional.kl_div(input, target, log_target=True)` of log-softmaxes, except for the default reduction,
 * that `'none'` gives one value an example, and the order: the target comes first, as it does in KL(target ‖ input).
 *
 * @param targetLogits float32 [batch, classes], of the distribution to be matched; borrowed
 * @param inputLogits float32 of the same shape, of the distribution that is trained; borrowed
 * @returns a scalar, or [batch] for `reduction: 'none'`; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, or an option is unknown
 * @example
 * klDivergence(tf.tensor2d([[0, 0]]), tf.tensor2d([[0, 1]])); // 0.120…
 */
export function klDivergence<R extends KlReduction = 'batchMean'>(
  targetLogits: Tensor,
  inputLogits: Tensor,
  options: KlDivergenceOptions<R> = {},
): Reduced<R> {
  check.options(options, ['reduction']);
  const { reduction = 'batchMean' } = options;
  check.oneOf('reduction', reduction, ['batchMean', 'mean', 'sum', 'none']);
  checkTensor(check, 'targetLogits', targetLogits, { dtype: 'float32', shape: ['batch', 'classes'] });
  checkTensor(check, 'inputLogits', inputLogits, { dtype: 'float32', shape: targetLogits.shape });

  return tidy(() => {
    const target = logSoftmax(targetLogits);
    const terms = mul(exp(target), sub(target, logSoftmax(inputLogits)));
    if (reduction === 'mean') return mean(terms);
    return reduce(sum(terms, -1), reduction === 'batchMean' ? 'mean' : reduction);
  }) as Reduced<R>;
}
