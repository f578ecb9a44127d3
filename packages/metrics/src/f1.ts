import { checker } from '@loopwright/core';
import { type Average, type Averaged, type ClassScoreOptions, classScores, ratio } from './class-scores.ts';
import type { ClassificationArgs } from './classification.ts';
import { Metric } from './metric.ts';

const check = checker('metrics', 'F1');

const define = <A extends Average>(options: ClassScoreOptions<A>) =>
  classScores(check, options, ({ truePositives, predicted, actual }) =>
    ratio(2 * truePositives, predicted + actual),
  );

/**
 * The harmonic mean of precision and recall: 2·TP / (2·TP + FP + FN), averaged over the classes.
 *
 * A class without a true positive scores 0. The prediction is the largest logit, of equal ones the lowest class index.
 * With `average: 'none'` the result is an array with a score a class. Before the first sample it is NaN.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
 * @example
 * const f1 = new F1({ classes: 10, average: 'weighted' });
 * f1.update(logits, labels);
 * console.log(await f1.compute());
 */
export class F1<A extends Average = 'macro'> extends Metric<ClassificationArgs, Averaged<A>> {
  constructor(options: ClassScoreOptions<A>) {
    super(check, define<A>, options);
  }
}
