import { checker } from '@loopwright/core';
import { count } from './accumulators.ts';
import { type ClassificationArgs, classification, type IgnoreOptions } from './classification.ts';
import { Metric } from './metric.ts';
import { countTopK } from './top-k-accuracy.ts';

/** Options of {@link Accuracy}. */
export interface AccuracyOptions extends IgnoreOptions {
  /** How many of the largest logits may hold the label; 1 by default. */
  readonly topK?: number;
}

const check = checker('metrics', 'Accuracy');

function define(options?: AccuracyOptions) {
  const { topK: k = 1, ignoreIndex } = check.options(options, ['topK', 'ignoreIndex']);
  const topK = check.positiveInteger('topK', k);
  return classification(check, {
    config: { topK },
    ignoreIndex,
    accumulators: { correct: count() },
    increments: (batch) => {
      if (topK > batch.classes) check.fail(`topK is ${topK}, but the logits have ${batch.classes} classes`);
      return { correct: countTopK(batch, topK) };
    },
    result: ({ correct }, samples) => correct / samples,
    empty: Number.NaN,
  });
}

/**
 * The fraction of samples whose label is among the `topK` largest logits, exactly. See {@link topKAccuracy} for ties and
 * NaN. Before the first sample it is NaN.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
 * @example
 * const accuracy = new Accuracy({ topK: 5 });
 * for (const { images, labels } of validation) {
 *   tf.tidy(() => accuracy.update(model.predict(images) as tf.Tensor, labels));
 * }
 * const top5 = await accuracy.compute();
 * accuracy.dispose();
 */
export class Accuracy extends Metric<ClassificationArgs, number> {
  constructor(options: AccuracyOptions = {}) {
    super(check, define, options);
  }
}
