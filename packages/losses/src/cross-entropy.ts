import { checker, reasonOf, show } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import {
  add,
  div,
  fill,
  logSoftmax,
  mul,
  neg,
  notEqual,
  oneHot,
  onesLike,
  reshape,
  scalar,
  sum,
  Tensor,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type Reduced, type Reduction, reduce } from './reduction.ts';
import { hasKernel, runSoftmaxKernel } from './softmax-kernels.ts';

export interface CrossEntropyOptions<R extends Reduction = Reduction> {
  /** Share of the target spread evenly over all classes, 0 to 1; 0 by default. */
  readonly labelSmoothing?: number;
  /** `'mean'` by default. */
  readonly reduction?: R;
  /** Weight of each class, float32 of shape [classes]; borrowed. */
  readonly weight?: Tensor;
  /** Examples with this class index do not count: no loss, no gradient, no part in the mean. None by default. */
  readonly ignoreIndex?: number;
}

const check = checker('losses', 'crossEntropy');

/**
 * Cross-entropy between logits and class labels, in log space.
 *
 * With targets t (a one-hot row, or soft labels) smoothed to t' = (1 − ε) t + ε / classes:
 *
 *     loss_i = −Σ_c weight_c · t'_ic · logSoftmax(logits_i)_c
 *
 * The mean is over all examples that count; with class weights and index labels it is divided by Σ_i weight[label_i]
 * instead, as PyTorch does. Finite for logits of any size as long as they are finite themselves. An example may be an
 * image, or each token of a text or pixel of an image: between batch and classes there may be any number of axes.
 *
 * Where the backend has a kernel for it, as the native engine loaded by `@loopwright/tensorflow` has, loss and gradient
 * come from one op.
 *
 * A label outside 0 … classes − 1 throws there on a CPU, as in PyTorch; on a GPU its loss is NaN. On other backends it
 * cannot be seen without waiting for the device: its target is a row of zeros (before smoothing), so the example adds
 * nothing to the sum and still counts in an unweighted mean.
 *
 * Follows `torch.nn.functional.cross_entropy`, but classes are the last axis, and no label is ignored unless
 * `ignoreIndex` says so. If none counts, the mean is NaN, as there.
 *
 * @param logits float32 [batch, …, classes]; borrowed
 * @param labels int32 [batch, …] class indices, or float32 [batch, …, classes] soft labels (of MixUp, for instance);
 *   borrowed
 * @returns a scalar, or [batch, …] for `reduction: 'none'`; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, `labelSmoothing` is outside 0 … 1, `ignoreIndex` is given
 *   with soft labels, an option is unknown, or the backend notices a label outside the classes
 * @example
 * const { value, grads } = tf.variableGrads(() => crossEntropy(forward(images), labels, { labelSmoothing: 0.1 }));
 * crossEntropy(tf.tensor2d([[0, 0]]), tf.tensor1d([1], 'int32')); // 0.693…
 * crossEntropy(tf.zeros([1, 3, 2]), tf.tensor2d([[1, 0, -100]], [1, 3], 'int32'), { ignoreIndex: -100 }); // of two tokens
 */
export function crossEntropy<R extends Reduction = 'mean'>(
  logits: Tensor,
  labels: Tensor,
  options: CrossEntropyOptions<R> = {},
): Reduced<R> {
  check.options(options, ['labelSmoothing', 'reduction', 'weight', 'ignoreIndex']);
  const { labelSmoothing = 0, reduction = 'mean', weight, ignoreIndex } = options;
  check.number('labelSmoothing', labelSmoothing, { min: 0, max: 1 });
  check.oneOf('reduction', reduction, ['mean', 'sum', 'none']);
  const classes = checkLogits(logits);
  checkLabels(labels, logits.shape);
  if (weight !== undefined) checkTensor(check, 'weight', weight, { dtype: 'float32', shape: [classes] });
  if (ignoreIndex !== undefined) {
    check.integer('ignoreIndex', ignoreIndex);
    if (labels.dtype !== 'int32') check.fail('ignoreIndex is for class indices, not for soft labels');
  }

  return tidy(() => {
    const rows = inShape(logits, [-1, classes]);
    const shaped = (perExample: Tensor) => inShape(perExample, logits.shape.slice(0, -1));
    if (labels.dtype === 'float32') {
      const targets = smoothed(inShape(labels, [-1, classes]), classes, labelSmoothing);
      const perExample = ofTargets(rows, weight === undefined ? targets : mul(targets, weight));
      return reduce(shaped(perExample), reduction);
    }
    const given = inShape(labels, [-1]);
    const counts = ignoreIndex === undefined ? undefined : notEqual(given, scalar(ignoreIndex, 'int32'));
    const indices = onlyWhere(counts, given);
    const weights = weight && sum(mul(oneHot(indices, classes, 1, 0, 'float32'), weight), -1);
    const perExample = onlyWhere(counts, ofIndices(rows, indices, labelSmoothing, weight, weights));
    if (reduction !== 'mean' || (weights ?? counts) === undefined)
      return reduce(shaped(perExample), reduction);
    return div(sum(perExample), sum(onlyWhere(counts, weights ?? onesLike(perExample))));
  }) as Reduced<R>;
}

/** In a shape of another rank, where it has not that rank already. */
function inShape(tensor: Tensor, shape: number[]): Tensor {
  return tensor.rank === shape.length ? tensor : reshape(tensor, shape);
}

/** The values of the examples that count, and zeros for the others. */
function onlyWhere(counts: Tensor | undefined, values: Tensor): Tensor {
  return counts === undefined ? values : where(counts, values, zerosLike(values));
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

/** @returns the number of classes */
function checkLogits(logits: Tensor): number {
  if (!(logits instanceof Tensor) || logits.dtype !== 'float32' || logits.rank < 2) {
    check.fail(`logits must be a float32 tensor of shape [batch, …, classes], got ${show(logits)}`);
  }
  const classes = logits.shape.at(-1) as number;
  if (classes < 2) check.fail(`logits must have at least 2 classes, got ${show(logits)}`);
  return classes;
}

function checkLabels(labels: Tensor, shape: readonly number[]): void {
  const known = labels instanceof Tensor;
  const leading = shape.slice(0, -1).join(', ');
  const indices = known && labels.dtype === 'int32' && labels.shape.join(', ') === leading;
  const soft = known && labels.dtype === 'float32' && labels.shape.join() === shape.join();
  if (indices || soft) return;
  check.fail(
    `labels must be int32 class indices of shape [${leading}] or float32 soft labels of shape [${shape.join(', ')}], got ${show(labels)}`,
  );
}
