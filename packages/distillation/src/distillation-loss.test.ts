import { expectLoss, expectNoLeak, testVariable } from '@loopwright/test-utils';
import { dispose, mul, type Tensor, tensor1d, tensor2d, variableGrads, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type DistillationOptions, distillationLoss } from './distillation-loss.ts';

const teacher = () => tensor2d([3, 1, 0, -1, 0, 2, 2, 1, -1, 0, 1, 4], [3, 4]);
const labels = () => tensor1d([0, 2, 3], 'int32');
const rows: Record<string, DistillationOptions> = {
  'half and half': { temperature: 2, alpha: 0.5 },
  'the teacher alone': { temperature: 4, alpha: 0 },
  'the labels alone': { temperature: 1, alpha: 1 },
  'smoothed labels': { temperature: 2, alpha: 0.9, labelSmoothing: 0.1 },
  'averaged over the classes': { temperature: 2, alpha: 0.3, klReduction: 'mean' },
};

describe.each(Object.entries(rows))('distillationLoss, %s', (_, options) => {
  it('keeps the contract of a loss', () =>
    expectLoss({
      loss: (studentLogits) =>
        distillationLoss({ studentLogits, teacherLogits: teacher(), labels: labels() }, options),
    }));
});

describe('distillationLoss', () => {
  const first = (tensor: Tensor) => tensor.dataSync()[0] as number;

  it('averages the divergence over the batch, not over the classes too (trap)', () =>
    expectNoLeak(() => {
      const inputs = { studentLogits: zeros([3, 4]), teacherLogits: teacher(), labels: labels() };
      const options = { temperature: 2, alpha: 0 };
      const losses = [
        distillationLoss(inputs, options),
        distillationLoss(inputs, { ...options, klReduction: 'mean' }),
      ] as const;
      expect(first(losses[0])).toBeCloseTo(4 * first(losses[1]), 5);
      dispose([Object.values(inputs), ...losses]);
    }));

  it('passes no gradient to the teacher, even one that is computed within the loss', () =>
    expectNoLeak(() => {
      const [student, taught] = [testVariable([1, 2, 3, 4]), testVariable([4, 3, 2, 1])];
      const [features, target] = [teacher(), labels()];
      const { value, grads } = variableGrads(() =>
        distillationLoss(
          { studentLogits: mul(features, student), teacherLogits: mul(features, taught), labels: target },
          { temperature: 2, alpha: 0.5 },
        ),
      );
      expect(Object.keys(grads)).toEqual([student.name]);
      dispose([student, taught, features, target, value, grads]);
    }));

  it('gives a student that is its own teacher the gradient of the labels alone', () =>
    expectNoLeak(() => {
      const w = testVariable([1, 2, 3, 4]);
      const [features, target] = [teacher(), labels()];
      const gradient = (alpha: number) => {
        const { value, grads } = variableGrads(() => {
          const logits = mul(features, w);
          return distillationLoss(
            { studentLogits: logits, teacherLogits: logits, labels: target },
            { temperature: 2, alpha },
          );
        });
        const result = [...(grads[w.name] as Tensor).dataSync()];
        dispose([value, grads]);
        return result;
      };
      const whole = gradient(1);
      for (const [i, half] of gradient(0.5).entries())
        expect(half).toBeCloseTo(0.5 * (whole[i] as number), 5);
      dispose([w, features, target]);
    }));

  it('refuses what does not fit, and options that are missing, unknown or out of range', () =>
    expectNoLeak(() => {
      const inputs = { studentLogits: zeros([3, 4]), teacherLogits: teacher(), labels: labels() };
      const short = zeros([2, 4]);
      const good = { temperature: 2, alpha: 0.5 };
      expect(() => distillationLoss({ ...inputs, teacherLogits: short }, good)).toThrow(
        '[loopwright/distillation] distillationLoss: teacherLogits must be a float32 tensor of shape [3, 4], got tensor "float32" of shape [2, 4]',
      );
      expect(() => distillationLoss({ ...inputs, studentLogits: inputs.labels }, good)).toThrow(
        'studentLogits must be',
      );
      expect(() => distillationLoss({ ...inputs, labels: short }, good)).toThrow('labels must be');
      const run = (options: object) => () => distillationLoss(inputs, options as never);
      expect(run({ alpha: 0.5 })).toThrow(
        'temperature must be a finite number greater than 0, got undefined',
      );
      expect(run({ temperature: 2 })).toThrow('alpha must be a finite number at least 0 and at most 1');
      expect(run({ ...good, temperature: 0 })).toThrow('got 0');
      expect(run({ ...good, alpha: 1.5 })).toThrow('got 1.5');
      expect(run({ ...good, labelSmoothing: 2 })).toThrow('labelSmoothing must be');
      expect(run({ ...good, klReduction: 'sum' })).toThrow('klReduction must be one of "batchMean", "mean"');
      expect(run({ ...good, temprature: 2 })).toThrow('did you mean temperature?');
      dispose([Object.values(inputs), short]);
    }));
});
