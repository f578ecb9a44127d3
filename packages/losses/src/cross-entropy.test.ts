import { expectNoLeak, testVariable } from '@loopwright/test-utils';
import {
  dispose,
  grad,
  grads,
  oneHot,
  reshape,
  scalar,
  square,
  sum,
  type Tensor,
  tensor,
  tensor1d,
  tensor2d,
  valueAndGrad,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from './cross-entropy.ts';
import { hasKernel } from './softmax-kernels.ts';

const values = (tensor: Tensor) => [...tensor.dataSync()];

/** Runs a test over the same batch, which it disposes, and counts tensors. */
function withBatch(test: (logits: Tensor, labels: Tensor) => void): () => Promise<void> {
  return () =>
    expectNoLeak(() => {
      const logits = tensor2d([1, 2, 3, 0, 0, 0], [2, 3]);
      const labels = tensor1d([2, 0], 'int32');
      test(logits, labels);
      dispose([logits, labels]);
    });
}

describe('crossEntropy', () => {
  it(
    'is -log of the probability of the right class',
    withBatch((logits, labels) => {
      const loss = crossEntropy(logits, labels, { reduction: 'none' });
      const first = -Math.log(Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3)));
      expect(loss.shape).toEqual([2]);
      expect(values(loss)[0]).toBeCloseTo(first, 6);
      expect(values(loss)[1]).toBeCloseTo(Math.log(3), 6);
      loss.dispose();
    }),
  );

  it(
    'gives index labels and their one-hot rows the same loss',
    withBatch((logits, labels) => {
      const soft = oneHot(labels, 3, 1, 0, 'float32');
      const options = { labelSmoothing: 0.3 };
      const both = [crossEntropy(logits, labels, options), crossEntropy(logits, soft, options)] as const;
      expect(values(both[0])[0]).toBeCloseTo(values(both[1])[0] as number, 6);
      dispose([soft, ...both]);
    }),
  );

  it('gives gradients of variables through variableGrads', () =>
    expectNoLeak(() => {
      const weights = testVariable([
        [0, 0],
        [0, 0],
      ]);
      const labels = tensor1d([0, 1], 'int32');
      const { value, grads } = variableGrads(() => crossEntropy(weights, labels));
      expect(values(grads[weights.name] as Tensor)).toEqual([-0.25, 0.25, 0.25, -0.25]);
      dispose([value, grads, weights, labels]);
    }));

  it('refuses a label outside the classes, or gives it no loss, which counts in the mean', () =>
    expectNoLeak(() => {
      const logits = zeros([3, 2]);
      const labels = tensor1d([0, 2, -1], 'int32');
      const run = () => valueAndGrad((x: Tensor) => crossEntropy(x, labels))(logits);
      if (hasKernel('SparseSoftmaxCrossEntropyWithLogits')) {
        expect(run).toThrow('[loopwright/losses] crossEntropy: labels must lie in 0 … 1: ');
      } else {
        const { value, grad } = run();
        expect(values(value)[0]).toBeCloseTo(Math.log(2) / 3, 6);
        expect(values(grad).slice(2)).toEqual([0, 0, 0, 0].map((zero) => expect.closeTo(zero, 9)));
        dispose([value, grad]);
      }
      dispose([logits, labels]);
    }));

  it('is right for soft labels that do not sum to one, whose gradient it has too', () =>
    expectNoLeak(() => {
      const logits = tensor2d([1, 2, 3, 0, 0, 0], [2, 3]);
      const soft = tensor2d([0.5, 0, 2, 0, 0, 0], [2, 3]);
      const loss = (x: Tensor, t: Tensor) => crossEntropy(x, t, { reduction: 'sum' });
      const slopes = grads(loss)([logits, soft]) as [Tensor, Tensor];
      const p = [1, 2, 3].map((x) => Math.exp(x) / (Math.exp(1) + Math.exp(2) + Math.exp(3)));
      const expected = p.map((probability, i) => 2.5 * probability - ([0.5, 0, 2][i] as number));
      for (const [i, slope] of [...expected, 0, 0, 0].entries())
        expect(values(slopes[0])[i]).toBeCloseTo(slope, 5);
      for (const [i, probability] of p.entries())
        expect(values(slopes[1])[i]).toBeCloseTo(-Math.log(probability), 5);
      dispose([logits, soft, ...slopes]);
    }));

  it.runIf(hasKernel('SoftmaxCrossEntropyWithLogits'))('has gradients of gradients', () =>
    expectNoLeak(() => {
      const logits = tensor2d([1, 2, 3], [1, 3]);
      const label = tensor1d([2], 'int32');
      const steepness = grad((x: Tensor) =>
        sum(square(grad((y: Tensor) => crossEntropy(y, label, { labelSmoothing: 0.1 }))(x))),
      );
      const curvature = steepness(logits);
      const p = [1, 2, 3].map((x) => Math.exp(x) / (Math.exp(1) + Math.exp(2) + Math.exp(3)));
      const slope = p.map((probability, i) => probability - (i === 2 ? 0.9 : 0) - 0.1 / 3);
      const inner = slope.reduce((total, value, i) => total + value * (p[i] as number), 0);
      for (const [i, value] of slope.entries())
        expect(values(curvature)[i]).toBeCloseTo(2 * (p[i] as number) * (value - inner), 5);
      dispose([logits, label, curvature]);
    }),
  );

  it('takes an example for each pixel or token, with soft labels as well', () =>
    expectNoLeak(() => {
      const logits = tensor(
        [
          [
            [1, 2],
            [3, 0],
          ],
          [
            [0, 0],
            [5, 1],
          ],
        ],
        [2, 2, 2],
        'float32',
      );
      const labels = tensor2d(
        [
          [0, 1],
          [1, 0],
        ],
        [2, 2],
        'int32',
      );
      const rows = reshape(logits, [4, 2]);
      const flatLabels = reshape(labels, [4]);
      const soft = oneHot(labels, 2, 1, 0, 'float32');
      const expected = crossEntropy(rows, flatLabels, { reduction: 'none' });
      for (const targets of [labels, soft]) {
        const losses = crossEntropy(logits, targets, { reduction: 'none' });
        expect(losses.shape).toEqual([2, 2]);
        expect(values(losses)).toEqual(values(expected).map((value) => expect.closeTo(value, 6)));
        losses.dispose();
      }
      dispose([logits, labels, rows, flatLabels, soft, expected]);
    }));

  it('is NaN on average where no example counts, and gives no gradient to those that do not', () =>
    expectNoLeak(() => {
      const logits = tensor2d([1, 2, 3, 0, 0, 0], [2, 3]);
      const [none, one] = [tensor1d([-1, -1], 'int32'), tensor1d([7, 0], 'int32')];
      const empty = crossEntropy(logits, none, { ignoreIndex: -1 });
      const slope = grad((x: Tensor) => crossEntropy(x, one, { ignoreIndex: 7 }))(logits);
      expect(values(empty)).toEqual([Number.NaN]);
      expect(values(slope)).toEqual([0, 0, 0, -2 / 3, 1 / 3, 1 / 3].map((value) => expect.closeTo(value, 6)));
      dispose([logits, none, one, empty, slope]);
    }));

  it(
    'refuses labels of another type, rank or length',
    withBatch((logits) => {
      const refused = [
        tensor1d([0, 1]),
        tensor1d([0, 1, 2], 'int32'),
        tensor2d([0, 1], [2, 1], 'int32'),
        tensor2d([0, 1], [2, 1]),
        scalar(1, 'int32'),
        zeros([2, 3], 'int32'),
      ];
      expect(() => crossEntropy(logits, refused[0] as Tensor)).toThrow(
        '[loopwright/losses] crossEntropy: labels must be int32 class indices of shape [2] or float32 soft labels of shape [2, 3], got tensor "float32" of shape [2]',
      );
      for (const labels of [...refused, [0, 1] as never])
        expect(() => crossEntropy(logits, labels)).toThrow('labels must be');
      dispose(refused);
    }),
  );

  it(
    'refuses logits of another type or rank, and of one class',
    withBatch((logits, labels) => {
      const refused = [zeros([2]), zeros([2, 3], 'int32')];
      for (const other of refused) {
        expect(() => crossEntropy(other, labels)).toThrow(
          '[loopwright/losses] crossEntropy: logits must be a float32 tensor of shape [batch, …, classes], got tensor',
        );
      }
      const single = zeros([2, 1]);
      expect(() => crossEntropy(single, labels)).toThrow('logits must have at least 2 classes');
      expect(() => crossEntropy(undefined as never, labels)).toThrow('got undefined');
      expect(() => crossEntropy(logits, undefined as never)).toThrow('got undefined');
      dispose([...refused, single]);
    }),
  );

  it(
    'refuses options that are unknown or out of range',
    withBatch((logits, labels) => {
      const run = (options: object) => () => crossEntropy(logits, labels, options);
      expect(run({ labelSmoothing: 1.1 })).toThrow(
        '[loopwright/losses] crossEntropy: labelSmoothing must be a finite number at least 0 and at most 1, got 1.1',
      );
      expect(run({ labelSmoothing: -0.1 })).toThrow('got -0.1');
      expect(run({ label_smoothing: 0.1 })).toThrow('did you mean labelSmoothing?');
      expect(run({ reduction: 'batchMean' })).toThrow('reduction must be one of "mean", "sum", "none"');
      expect(run({ weight: labels })).toThrow('weight must be a float32 tensor of shape [3]');
      expect(run({ ignoreIndex: 0.5 })).toThrow('ignoreIndex must be an integer, got 0.5');
      expect(() => crossEntropy(logits, logits, { ignoreIndex: -100 })).toThrow(
        'ignoreIndex is for class indices, not for soft labels',
      );
    }),
  );
});
