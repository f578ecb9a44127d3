import { checker } from '@loopwright/core';
import { type Average, type Averaged, type ClassScoreOptions, classScores, ratio } from './class-scores.ts';
import type { ClassificationArgs } from './classification.ts';
import { Metric } from './metric.ts';

const check = checker('metrics', 'Recall');

const define = <A extends Average>(options: ClassScoreOptions<A>) =>
  classScores(check, options, ({ truePositives, actual }) => ratio(truePositives, actual));

/**
 * Of the samples of a class, the fraction that were predicted to be: TP / (TP + FN), averaged over the classes.
 *
 * A class without samples scores 0. The prediction is the largest logit, of equal ones the lowest class index. With
 * `average: 'none'` the result is an array with a score a class. Before the first sample it is NaN.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
 * @example
 * const recall = new Recall({ classes: 2, average: 'binary' });
 * recall.update(tf.tensor2d([[1, 2], [3, 1], [2, 1]]), tf.tensor1d([1, 0, 1], 'int32'));
 * await recall.compute(); // 0.5
 */
export class Recall<A extends Average = 'macro'> extends Metric<ClassificationArgs, Averaged<A>> {
  constructor(options: ClassScoreOptions<A>) {
    super(check, define<A>, options);
  }
}
