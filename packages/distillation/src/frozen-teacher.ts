import { checker, isLayersModel, type LayersModelLike, show } from '@loopwright/core';
import { Tensor } from '@tensorflow/tfjs-core';
import { withoutGradients } from './without-gradients.ts';

/** The part of a `tf.LayersModel` that a teacher needs. */
export interface TeacherModel extends LayersModelLike {
  apply(inputs: Tensor, options: { training: boolean }): unknown;
}

/** What teaches: a `tf.LayersModel`, or a function from images to logits. */
export type Teacher = TeacherModel | ((images: Tensor) => Tensor);

const check = checker('distillation', 'frozenTeacher');

/**
 * A model as a function that only answers: it runs in inference mode, so neither dropout nor batch statistics are drawn
 * and running statistics stay, and no gradient reaches it, inside `tf.variableGrads` or outside. The model itself is not
 * changed: its variables stay as trainable as they were.
 *
 * It holds the model, not a copy of its weights. For self-distillation the student is therefore another instance; training
 * the teacher's own would move the teacher too.
 *
 * @param teacher a `tf.LayersModel` with one output, or a function from images to logits, which has to run in inference mode
 *   by itself; borrowed
 * @returns a function from a batch of inputs (borrowed) to logits, which the caller owns
 * @throws LoopwrightError if `teacher` is neither, or, when called, if it does not return one tensor
 * @example
 * const teacher = frozenTeacher(model);
 * const { value, grads } = tf.variableGrads(() => {
 *   const studentLogits = student.apply(images, { training: true }) as tf.Tensor;
 *   const teacherLogits = teacher(images);
 *   return distillationLoss({ studentLogits, teacherLogits, labels }, { temperature: 2, alpha: 0.5 });
 * });
 */
export function frozenTeacher(teacher: Teacher): (images: Tensor) => Tensor {
  const forward = inferenceOf(teacher);
  return (images) => withoutGradients(() => onlyTensor(forward(images)));
}

function inferenceOf(teacher: Teacher): (images: Tensor) => unknown {
  if (isLayersModel(teacher)) {
    const model: TeacherModel = teacher;
    return (images) => model.apply(images, { training: false });
  }
  if (typeof teacher === 'function') return teacher;
  return check.fail(
    `teacher must be a tf.LayersModel or a function from images to logits, got ${show(teacher)}`,
  );
}

function onlyTensor(logits: unknown): Tensor {
  return logits instanceof Tensor
    ? logits
    : check.fail(`the teacher must return one tensor, got ${show(logits)}`);
}
