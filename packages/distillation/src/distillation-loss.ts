import { checker } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { crossEntropy, klDivergence } from '@loopwright/losses';
import { add, div, mul, type Scalar, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { withoutGradients } from './without-gradients.ts';

/** A batch as student and teacher see it. All are borrowed. */
export interface DistillationInputs {
  /** float32 [batch, classes]. */
  readonly studentLogits: Tensor;
  /** float32 of the same shape; a constant, whatever it was computed from. */
  readonly teacherLogits: Tensor;
  /** int32 [batch] class indices, or float32 [batch, classes] soft labels. */
  readonly labels: Tensor;
}

export interface DistillationOptions {
  /** T, above 0: both distributions are softened by dividing their logits by it. */
  readonly temperature: number;
  /** Share of the labels' loss, 0 to 1; the rest is the teacher's. */
  readonly alpha: number;
  /** Label smoothing of the labels' loss, 0 to 1; 0 by default. */
  readonly labelSmoothing?: number;
  /**
   * `'batchMean'` (default) is the divergence averaged over the batch. `'mean'` averages over the classes too, which
   * shrinks the teacher's part by the number of classes. It is a common slip, PyTorch's `kl_div` being like that by
   * default, and here only to reproduce results published with it.
   */
  readonly klReduction?: 'batchMean' | 'mean';
}

const check = checker('distillation', 'distillationLoss');

/**
 * Knowledge distillation: learn from the labels, and from all that the teacher says of the other classes.
 *
 *     α · CE(student, labels) + (1 − α) · T² · KL(softmax(teacher / T) ‖ softmax(student / T))
 *
 * Both are means over the batch, computed in log space. T² keeps the size of the teacher's gradients as T changes.
 *
 * Follows Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network" (2015), section 2.
 *
 * @returns a scalar; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, an option is out of range, or one is unknown
 * @example
 * const teacherLogits = model.predict(images) as tf.Tensor;
 * const { value, grads } = tf.variableGrads(() => {
 *   const studentLogits = student.apply(images, { training: true }) as tf.Tensor;
 *   return distillationLoss({ studentLogits, teacherLogits, labels }, { temperature: 2, alpha: 0.5 });
 * });
 */
export function distillationLoss(inputs: DistillationInputs, options: DistillationOptions): Scalar {
  const { studentLogits, teacherLogits, labels } = inputs;
  const { temperature, alpha, ...rest } = check.options(options, [
    'temperature',
    'alpha',
    'labelSmoothing',
    'klReduction',
  ]);
  const { labelSmoothing = 0, klReduction = 'batchMean' } = rest;
  check.number('temperature', temperature, { above: 0 });
  check.number('alpha', alpha, { min: 0, max: 1 });
  check.number('labelSmoothing', labelSmoothing, { min: 0, max: 1 });
  check.oneOf('klReduction', klReduction, ['batchMean', 'mean']);
  checkTensor(check, 'studentLogits', studentLogits, { dtype: 'float32', shape: ['batch', 'classes'] });
  checkTensor(check, 'teacherLogits', teacherLogits, { dtype: 'float32', shape: studentLogits.shape });

  return tidy(() => {
    const softened = withoutGradients(() => div(teacherLogits, temperature));
    const divergence = klDivergence(softened, div(studentLogits, temperature), { reduction: klReduction });
    const fromLabels = mul(crossEntropy(studentLogits, labels, { labelSmoothing }), alpha);
    return add(fromLabels, mul(divergence, (1 - alpha) * temperature ** 2));
  });
}
