import { checker, show } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { add, div, logSoftmax, mul, neg, oneHot, sum, Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Reduced, type Reduction, reduce } from './reduction.ts';

export interface CrossEntropyOptions<R extends Reduction = Reduction> {
  /** Share of the target spread evenly over all classes, 0 to 1; 0 by default. */
  readonly labelSmoothing?: number;
  /** `'mean'` by default. */
  readonly reduction?: R;
  /** Weight of each class, float32 of shape [classes]; borrowed. */
  readonly weight?: Tensor;
}

const check = checker('losses', 'crossEntropy');

/**
 * Cross-entropy between logits and class labels, in log space.
 *
 * With targets t (a one-hot row, or soft labels) smoothed to t' = (1 − ε) t + ε / classes:
 *
 *     loss_i = −Σ_c weight_c · t'_ic · logSoftmax(logits_i)_c
 *
 * The mean is over the batch; with class weights and index labels it is divided by Σ_i weight[label_i] instead, as
 * PyTorch does. Finite for logits of any size as long as they are finite themselves.
 *
 * A label outside 0 … classes − 1 cannot be seen without waiting for the device. Its target is a row of zeros
 * (before smoothing), so the example adds nothing to the sum and still counts in an unweighted mean.
 *
 * Follows `torch.nn.functional.cross_entropy`; there is no `ignore_index`, and classes are the last axis.
 *
 * @param logits float32 [batch, classes]; borrowed
 * @param labels int32 [batch] class indices, or float32 [batch, classes] soft labels (of MixUp, for instance); borrowed
 * @returns a scalar, or [batch] for `reduction: 'none'`; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, `labelSmoothing` is outside 0 … 1, or an option is unknown
 * @example
 * const { value, grads } = tf.variableGrads(() => crossEntropy(forward(images), labels, { labelSmoothing: 0.1 }));
 * crossEntropy(tf.tensor2d([[0, 0]]), tf.tensor1d([1], 'int32')); // 0.693…
 */
export function crossEntropy<R extends Reduction = 'mean'>(
  logits: Tensor,
  labels: Tensor,
  options: CrossEntropyOptions<R> = {},
): Reduced<R> {
  check.options(options, ['labelSmoothing', 'reduction', 'weight']);
  const { labelSmoothing = 0, reduction = 'mean', weight } = options;
  check.number('labelSmoothing', labelSmoothing, { min: 0, max: 1 });
  check.oneOf('reduction', reduction, ['mean', 'sum', 'none']);
  const [batch, classes] = checkLogits(logits);
  checkLabels(labels, batch, classes);
  if (weight !== undefined) checkTensor(check, 'weight', weight, { dtype: 'float32', shape: [classes] });

  return tidy(() => {
    const targets = smoothTargets(labels, classes, labelSmoothing);
    if (weight === undefined) return reduce(softTargetCrossEntropy(logits, targets), reduction);
    const perExample = softTargetCrossEntropy(logits, mul(targets, weight));
    if (reduction !== 'mean' || labels.rank === 2) return reduce(perExample, reduction);
    return div(sum(perExample), sum(mul(smoothTargets(labels, classes, 0), weight)));
  }) as Reduced<R>;
}

/** The one place that computes a cross-entropy: −Σ_c targets_c · logSoftmax(logits)_c of each row. */
function softTargetCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return neg(sum(mul(targets, logSoftmax(logits)), -1));
}

/** Rows of (1 − ε) t + ε / classes. */
function smoothTargets(labels: Tensor, classes: number, smoothing: number): Tensor {
  const spread = smoothing / classes;
  if (labels.rank === 1) return oneHot(labels, classes, 1 - smoothing + spread, spread, 'float32');
  return smoothing === 0 ? labels : add(mul(labels, 1 - smoothing), spread);
}

function checkLogits(logits: Tensor): [batch: number, classes: number] {
  checkTensor(check, 'logits', logits, { dtype: 'float32', shape: ['batch', 'classes'] });
  const [batch, classes] = logits.shape as [number, number];
  if (classes < 2) check.fail(`logits must have at least 2 classes, got ${show(logits)}`);
  return [batch, classes];
}

function checkLabels(labels: Tensor, batch: number, classes: number): void {
  const known = labels instanceof Tensor;
  const indices = known && labels.dtype === 'int32' && labels.shape.join() === `${batch}`;
  const soft = known && labels.dtype === 'float32' && labels.shape.join() === `${batch},${classes}`;
  if (indices || soft) return;
  check.fail(
    `labels must be int32 class indices of shape [${batch}] or float32 soft labels of shape [${batch}, ${classes}], got ${show(labels)}`,
  );
}
