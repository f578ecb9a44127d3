import { checker } from '@loopwright/core';
import { div, mul, oneHot, type Scalar, softmax, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { sum as sumOf } from './accumulators.ts';
import {
  type ClassificationArgs,
  type ClassificationBatch,
  checkBatch,
  classification,
} from './classification.ts';
import { Metric } from './metric.ts';

/** Options of {@link smoothedAccuracy} and {@link SmoothedAccuracy}. */
export interface SmoothedAccuracyOptions {
  /** Sharpness of the soft argmax; towards infinity it becomes the argmax. 3 by default. */
  readonly beta?: number;
}

const DEFAULT_BETA = 3;

/**
 * Accuracy with the argmax replaced by a soft argmax, which varies less between runs at the price of a small bias.
 *
 *     mean over the batch of softmax(beta · logits)[label]
 *
 * Follows `smoothed_acc` of David C. Page's Imagenette experiments ("Reducing variance", 2020), default beta included.
 * A label that is no class index counts as 0; a NaN logit makes the result NaN.
 *
 * @param logits float32 [batch, classes], borrowed; not probabilities
 * @param labels int32 [batch], borrowed
 * @returns a float32 scalar from 0 to 1; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, or `beta` is not positive
 * @example
 * const value = smoothedAccuracy(tf.tensor2d([[1, 0], [0, 0]]), tf.tensor1d([0, 1], 'int32'), { beta: 3 });
 * value.dataSync()[0]; // 0.726…
 */
export function smoothedAccuracy(logits: Tensor, labels: Tensor, options?: SmoothedAccuracyOptions): Scalar {
  const check = checker('metrics', 'smoothedAccuracy');
  const { beta = DEFAULT_BETA } = check.options(options, ['beta']);
  check.number('beta', beta, { above: 0 });
  return tidy(() => {
    const batch = checkBatch(check, logits, labels);
    return div(sumSoftHits(batch, beta), batch.size);
  });
}

/** The soft argmax at the labels, added up: a float32 scalar. */
function sumSoftHits({ logits, labels, classes }: ClassificationBatch, beta: number): Scalar {
  return sum(mul(softmax(mul(logits, beta)), oneHot(labels, classes, 1, 0, 'float32')));
}

const check = checker('metrics', 'SmoothedAccuracy');

function define(options?: SmoothedAccuracyOptions) {
  const { beta: sharpness = DEFAULT_BETA } = check.options(options, ['beta']);
  const beta = check.number('beta', sharpness, { above: 0 });
  return classification(check, {
    config: { beta },
    accumulators: { hits: sumOf() },
    increments: (batch) => ({ hits: sumSoftHits(batch, beta) }),
    result: ({ hits }, samples) => hits / samples,
    empty: Number.NaN,
  });
}

/**
 * {@link smoothedAccuracy} over all samples. Before the first sample it is NaN.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was no class index
 * @example
 * const smoothed = new SmoothedAccuracy({ beta: 3 });
 * smoothed.update(logits, labels);
 * console.log(await smoothed.compute());
 */
export class SmoothedAccuracy extends Metric<ClassificationArgs, number> {
  constructor(options: SmoothedAccuracyOptions = {}) {
    super(check, define, options);
  }
}
