import { namedVariables } from '@loopwright/core';
import { expectNoLeak, testVariable, tinyBatch, tinyClassifier } from '@loopwright/test-utils';
import {
  dispose,
  matMul,
  memory,
  mul,
  type Tensor,
  tensor1d,
  tensor2d,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { distillationLoss } from './distillation-loss.ts';
import { frozenTeacher } from './frozen-teacher.ts';

const values = (model: LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

describe('frozenTeacher', () => {
  it('runs in inference mode: running statistics stay, whatever the batch (trap)', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const { inputs, labels } = tinyBatch();
      const teacher = frozenTeacher(model);
      const before = values(model);
      const expected = model.predict(inputs) as Tensor;
      const logits = teacher(inputs);
      expect([...logits.dataSync()]).toEqual([...expected.dataSync()]);
      expect(values(model)).toEqual(before);
      dispose([inputs, labels, logits, expected]);
      model.dispose();
    }));

  it('draws no dropout', () =>
    expectNoLeak(() => {
      const model = sequential({ layers: [layers.dropout({ rate: 0.9, inputShape: [3] })] });
      const inputs = tensor2d([1, 2, 3], [1, 3]);
      const logits = frozenTeacher(model)(inputs);
      expect([...logits.dataSync()]).toEqual([1, 2, 3]);
      dispose([inputs, logits]);
      model.dispose();
    }));

  it('gets no gradient within the loss, shares the batch with the student, and stays as trainable as it was', () =>
    expectNoLeak(() => {
      const [model, studentModel] = [tinyClassifier(), tinyClassifier()];
      const { inputs, labels } = tinyBatch();
      const teacher = frozenTeacher(model);
      const trainable = () => Object.values(namedVariables(model)).map((variable) => variable.trainable);
      const before = trainable();
      const { value, grads } = variableGrads(() =>
        distillationLoss(
          {
            studentLogits: studentModel.apply(inputs, { training: true }) as Tensor,
            teacherLogits: teacher(inputs),
            labels,
          },
          { temperature: 2, alpha: 0.5 },
        ),
      );
      expect(Object.keys(grads)).toHaveLength(studentModel.trainableWeights.length);
      expect(trainable()).toEqual(before);
      for (const variable of Object.values(namedVariables(model)))
        expect(grads[variable.name]).toBeUndefined();
      dispose([inputs, labels, value, grads]);
      model.dispose();
      studentModel.dispose();
    }));

  it('leaves nothing of the teacher on the tape', () =>
    expectNoLeak(() => {
      const model = tinyClassifier();
      const { inputs, labels } = tinyBatch();
      const teacher = frozenTeacher(model);
      const w = testVariable([1, 2, 3]);
      let kept = -1;
      const { value, grads } = variableGrads(() => {
        const before = memory().numTensors;
        const teacherLogits = teacher(inputs);
        kept = memory().numTensors - before;
        return distillationLoss(
          { studentLogits: mul(teacherLogits, w), teacherLogits, labels },
          { temperature: 2, alpha: 0.5 },
        );
      });
      expect(kept).toBe(1);
      dispose([inputs, labels, w, value, grads]);
      model.dispose();
    }));

  it('takes a function of the inputs', () =>
    expectNoLeak(() => {
      const kernel = testVariable([
        [1, 0],
        [0, 2],
      ]);
      const inputs = tensor2d([3, 4], [1, 2]);
      const logits = frozenTeacher((images) => matMul(images as typeof inputs, kernel as never))(inputs);
      expect([...logits.dataSync()]).toEqual([3, 8]);
      dispose([kernel, inputs, logits]);
    }));

  it('refuses what does not teach', () =>
    expectNoLeak(() => {
      expect(() => frozenTeacher({ logits: 1 } as never)).toThrow(
        '[loopwright/distillation] frozenTeacher: teacher must be a tf.LayersModel or a function from images to logits, got { logits }',
      );
      const images = tensor1d([1]);
      const asynchronous = frozenTeacher((async (x: Tensor) => x) as never);
      expect(() => asynchronous(images)).toThrow('the teacher must return one tensor, got Promise');
      images.dispose();
    }));
});
