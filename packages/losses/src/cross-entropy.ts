import { checker, reasonOf, show } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { add, div, fill, logSoftmax, mul, neg, oneHot, sum, Tensor, tidy } from '@tensorflow/tfjs-core';
import { type Reduced, type Reduction, reduce } from './reduction.ts';
import { hasKernel, runSoftmaxKernel } from './softmax-kernels.ts';

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
 * Where the backend has a kernel for it, as the native engine loaded by `@loopwright/tensorflow` has, loss and gradient
 * come from one op.
 *
 * A label outside 0 … classes − 1 throws there on a CPU, as in PyTorch; on a GPU its loss is NaN. On other backends it
 * cannot be seen without waiting for the device: its target is a row of zeros (before smoothing), so the example adds
 * nothing to the sum and still counts in an unweighted mean.
 *
 * Follows `torch.nn.functional.cross_entropy`; there is no `ignore_index`, and classes are the last axis.
 *
 * @param logits float32 [batch, classes]; borrowed
 * @param labels int32 [batch] class indices, or float32 [batch, classes] soft labels (of MixUp, for instance); borrowed
 * @returns a scalar, or [batch] for `reduction: 'none'`; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, `labelSmoothing` is outside 0 … 1, an option is unknown,
 *   or the backend notices a label outside the classes
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
    if (labels.rank === 2) {
      const targets = smoothed(labels, classes, labelSmoothing);
      const perExample = ofTargets(logits, weight === undefined ? targets : mul(targets, weight));
      return reduce(perExample, reduction);
    }
    const weights = weight && sum(mul(oneHot(labels, classes, 1, 0, 'float32'), weight), -1);
    const perExample = ofIndices(logits, labels, labelSmoothing, weight, weights);
    if (reduction !== 'mean' || weights === undefined) return reduce(perExample, reduction);
    return div(sum(perExample), sum(weights));
  }) as Reduced<R>;
}

/** −Σ_c targets_c · logSoftmax(logits)_c of each row. */
function ofTargets(logits: Tensor, targets: Tensor): Tensor {
  return hasKernel('SoftmaxCrossEntropyWithLogits')
    ? runSoftmaxKernel('SoftmaxCrossEntropyWithLogits', logits, targets)
    : neg(sum(mul(targets, logSoftmax(logits)), -1));
}

/**
 * (1 − ε) · weight_label · CE + ε / classes · Σ_c weight_c · −logSoftmax(logits)_c of each row.
 *
 * @param weight of each class
 * @param weights of each label
 */
function ofIndices(
  logits: Tensor,
  labels: Tensor,
  smoothing: number,
  weight: Tensor | undefined,
  weights: Tensor | undefined,
): Tensor {
  const [batch, classes] = logits.shape as [number, number];
  if (!hasKernel('SparseSoftmaxCrossEntropyWithLogits')) {
    const targets = smoothed(oneHot(labels, classes, 1, 0, 'float32'), classes, smoothing);
    return ofTargets(logits, weight === undefined ? targets : mul(targets, weight));
  }
  const alone = ofNativeIndices(logits, labels, classes);
  const weighted = weights === undefined ? alone : mul(alone, weights);
  if (smoothing === 0) return weighted;
  const even = fill([batch, classes], smoothing / classes);
  const spread = ofTargets(logits, weight === undefined ? even : mul(even, weight));
  return add(mul(weighted, 1 - smoothing), spread);
}

function ofNativeIndices(logits: Tensor, labels: Tensor, classes: number): Tensor {
  try {
    return runSoftmaxKernel('SparseSoftmaxCrossEntropyWithLogits', logits, labels);
  } catch (error) {
    return check.fail(`labels must lie in 0 … ${classes - 1}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Rows of (1 − ε) t + ε / classes. */
function smoothed(targets: Tensor, classes: number, smoothing: number): Tensor {
  return smoothing === 0 ? targets : add(mul(targets, 1 - smoothing), smoothing / classes);
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
