import { checker } from '@loopwright/core';
import { type Average, type Averaged, type ClassScoreOptions, classScores, ratio } from './class-scores.ts';
import type { ClassificationArgs } from './classification.ts';
import { Metric } from './metric.ts';

const check = checker('metrics', 'JaccardIndex');

const define = <A extends Average>(options: ClassScoreOptions<A>) =>
  classScores(
    check,
    options,
    ({ truePositives, predicted, actual }) => ratio(truePositives, predicted + actual - truePositives),
    { dropsIgnored: true },
  );

/**
 * Intersection over union: TP / (TP + FP + FN), averaged over the classes. Of the pixels of images its default is the
 * mean IoU of semantic segmentation, over all images together.
 *
 * A class without a true positive scores 0. The prediction is the largest logit, of equal ones the lowest class index.
 * Of pixels whose label is ignored nothing counts; and if that label is a class, as where class 0 is the background, the
 * class does not count in the averages, not even with the pixels that were taken for it. So does torchmetrics in
 * `MulticlassJaccardIndex`. With `average: 'none'` the result is an array with a score a class. Before the first sample it is NaN.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
 * @example
 * const meanIou = new JaccardIndex({ classes: 3, ignoreIndex: 255 });
 * const logits = tf.oneHot(tf.tensor3d([[[0, 1], [2, 2]]], [1, 2, 2], 'int32'), 3, 1, 0, 'float32');
 * meanIou.update(logits, tf.tensor3d([[[0, 1], [1, 255]]], [1, 2, 2], 'int32')); // [batch, height, width]
 * await meanIou.compute(); // 0.5: 1, 1/2 and 0
 */
export class JaccardIndex<A extends Average = 'macro'> extends Metric<ClassificationArgs, Averaged<A>> {
  constructor(options: ClassScoreOptions<A>) {
    super(check, define<A>, options);
  }
}
