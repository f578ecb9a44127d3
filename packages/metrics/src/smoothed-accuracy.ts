import { checker } from '@loopwright/core';
import { div, mul, oneHot, type Scalar, softmax, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { sum as sumOf } from './accumulators.ts';
import {
  type ClassificationArgs,
  type ClassificationBatch,
  checkBatch,
  checkIgnoreIndex,
  classification,
  countSamples,
  type IgnoreOptions,
  whereCounted,
} from './classification.ts';
import { Metric } from './metric.ts';

/** Options of {@link smoothedAccuracy} and {@link SmoothedAccuracy}. */
export interface SmoothedAccuracyOptions extends IgnoreOptions {
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
 * A label that is no class index counts as 0; a NaN logit makes the result NaN, and so does a batch of which no sample counts.
 *
 * @param logits float32 [batch, …, classes], borrowed; not probabilities
 * @param labels int32 [batch, …], borrowed
 * @returns a float32 scalar from 0 to 1; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, `beta` is not positive, or `ignoreIndex` is no integer
 * @example
 * const value = smoothedAccuracy(tf.tensor2d([[1, 0], [0, 0]]), tf.tensor1d([0, 1], 'int32'), { beta: 3 });
 * value.dataSync()[0]; // 0.726…
 */
export function smoothedAccuracy(logits: Tensor, labels: Tensor, options?: SmoothedAccuracyOptions): Scalar {
  const check = checker('metrics', 'smoothedAccuracy');
  const { beta = DEFAULT_BETA, ignoreIndex } = check.options(options, ['beta', 'ignoreIndex']);
  check.number('beta', beta, { above: 0 });
  checkIgnoreIndex(check, ignoreIndex);
  return tidy(() => {
    const batch = checkBatch(check, logits, labels, { ignoreIndex });
    return div(sumSoftHits(batch, beta), countSamples(batch));
  });
}

/** The soft argmax at the labels, added up: a float32 scalar. */
function sumSoftHits({ logits, labels, counted, classes }: ClassificationBatch, beta: number): Scalar {
  const hits = sum(mul(softmax(mul(logits, beta)), oneHot(labels, classes, 1, 0, 'float32')), 1);
  return sum(whereCounted(counted, hits, 0));
}

const check = checker('metrics', 'SmoothedAccuracy');

function define(options?: SmoothedAccuracyOptions) {
  const { beta: sharpness = DEFAULT_BETA, ignoreIndex } = check.options(options, ['beta', 'ignoreIndex']);
  const beta = check.number('beta', sharpness, { above: 0 });
  return classification(check, {
    config: { beta },
    ignoreIndex,
    accumulators: { hits: sumOf() },
    increments: (batch) => ({ hits: sumSoftHits(batch, beta) }),
    result: ({ hits }, samples) => hits / samples,
    empty: Number.NaN,
  });
}

/**
 * {@link smoothedAccuracy} over all samples. Before the first sample it is NaN.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
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
