import { checker } from '@loopwright/core';
import {
  any,
  div,
  equal,
  expandDims,
  logicalAnd,
  type Scalar,
  sum,
  type Tensor,
  tidy,
  topk,
} from '@tensorflow/tfjs-core';
import {
  type ClassificationBatch,
  checkBatch,
  checkIgnoreIndex,
  countSamples,
  type IgnoreOptions,
} from './classification.ts';

const check = checker('metrics', 'topKAccuracy');

/**
 * The fraction of samples whose label is among the `k` largest logits.
 *
 * Of equal logits the lower class index comes first, as in `argMax` and `topk`. A label whose logit is NaN is never
 * among them, so a diverged model scores 0. A label that is no class index is a miss. If no sample counts, the result is NaN.
 *
 * @param logits float32 [batch, …, classes], borrowed; probabilities do as well
 * @param labels int32 [batch, …], borrowed
 * @returns a float32 scalar from 0 to 1; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, `k` is not between 1 and the number of classes, or
 *   `ignoreIndex` is no integer
 * @example
 * const top2 = topKAccuracy(tf.tensor2d([[1, 3, 2], [1, 3, 2]]), tf.tensor1d([0, 2], 'int32'), 2);
 * top2.dataSync()[0]; // 0.5
 */
export function topKAccuracy(logits: Tensor, labels: Tensor, k = 1, options?: IgnoreOptions): Scalar {
  const { ignoreIndex } = check.options(options, ['ignoreIndex']);
  checkIgnoreIndex(check, ignoreIndex);
  return tidy(() => {
    const batch = checkBatch(check, logits, labels, { ignoreIndex });
    check.integer('k', k, { min: 1, max: batch.classes });
    return div(countTopK(batch, k), countSamples(batch));
  });
}

/** How many labels are among the `k` largest logits: an int32 scalar. */
export function countTopK({ logits, labels }: ClassificationBatch, k: number): Scalar {
  const { values, indices } = topk(logits, k);
  const hits = logicalAnd(equal(indices, expandDims(labels, 1)), equal(values, values));
  return sum(any(hits, 1));
}
