import { checker } from '@loopwright/core';
import { type Average, type Averaged, type ClassScoreOptions, classScores, ratio } from './class-scores.ts';
import type { ClassificationArgs } from './classification.ts';
import { Metric } from './metric.ts';

const check = checker('metrics', 'Precision');

const define = <A extends Average>(options: ClassScoreOptions<A>) =>
  classScores(check, options, ({ truePositives, predicted }) => ratio(truePositives, predicted));

/**
 * Of the samples predicted to be of a class, the fraction that are: TP / (TP + FP), averaged over the classes.
 *
 * A class that was never predicted scores 0. The prediction is the largest logit, of equal ones the lowest class index.
 * With `average: 'none'` the result is an array with a score a class. Before the first sample it is NaN.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
 * @example
 * const precision = new Precision({ classes: 10, average: 'macro' });
 * precision.update(logits, labels);
 * console.log(await precision.compute());
 */
export class Precision<A extends Average = 'macro'> extends Metric<ClassificationArgs, Averaged<A>> {
  constructor(options: ClassScoreOptions<A>) {
    super(check, define<A>, options);
  }
}
