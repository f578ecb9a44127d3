import { checker } from '@loopwright/core';
import { argMax, cast, matMul, oneHot } from '@tensorflow/tfjs-core';
import { count } from './accumulators.ts';
import { type ClassificationArgs, classification, type IgnoreOptions } from './classification.ts';
import { Metric } from './metric.ts';

/** Options of {@link ConfusionMatrix}. */
export interface ConfusionMatrixOptions extends IgnoreOptions {
  /** Number of classes, at least 2. */
  readonly classes: number;
}

const check = checker('metrics', 'ConfusionMatrix');

function define(options: ConfusionMatrixOptions) {
  const { classes: width, ignoreIndex } = check.options(options, ['classes', 'ignoreIndex']);
  const classes = check.integer('classes', width, { min: 2 });
  return classification(check, {
    config: { classes },
    ignoreIndex,
    accumulators: { matrix: count([classes, classes]) },
    increments: ({ logits, labels }) => {
      const truth = oneHot(labels, classes, 1, 0, 'float32');
      const predicted = oneHot(argMax(logits, 1), classes, 1, 0, 'float32');
      return { matrix: cast(matMul(truth, predicted, true, false), 'int32') };
    },
    result: ({ matrix }) => rowsOf(matrix, classes),
    empty: rowsOf(new Float64Array(classes * classes), classes),
  });
}

function rowsOf(matrix: Float64Array, classes: number): number[][] {
  return Array.from({ length: classes }, (_, row) => [
    ...matrix.subarray(row * classes, (row + 1) * classes),
  ]);
}

/**
 * How often each class was taken for which: `matrix[truth][prediction]` samples, rows and columns as in scikit-learn.
 *
 * The prediction is the largest logit, of equal ones the lowest class index.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
 * @example
 * const confusion = new ConfusionMatrix({ classes: 2 });
 * confusion.update(tf.tensor2d([[1, 2], [3, 1], [2, 1]]), tf.tensor1d([1, 0, 1], 'int32'));
 * await confusion.compute(); // [[1, 0], [1, 1]]
 */
export class ConfusionMatrix extends Metric<ClassificationArgs, number[][]> {
  constructor(options: ConfusionMatrixOptions) {
    super(check, define, options);
  }
}
