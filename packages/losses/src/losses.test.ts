import { expectLoss } from '@loopwright/test-utils';
import { type Scalar, type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { crossEntropy } from './cross-entropy.ts';
import { klDivergence } from './kl-divergence.ts';

const labels = () => tensor1d([1, 3, 0], 'int32');
const soft = () => tensor2d([0.1, 0.2, 0.3, 0.4, 1, 0, 0, 0, 0, 0.5, 0.5, 0], [3, 4]);
const weight = () => tensor1d([0.5, 1, 2, 3]);
const other = () => tensor2d([1, 2, 3, 4, -1, 0, 1, 0, 2, 2, 0, -3], [3, 4]);

/** Every loss of logits with its options; a new one is a row. */
const losses: Record<string, (logits: Tensor) => Scalar> = {
  'crossEntropy, index labels': (logits) => crossEntropy(logits, labels()),
  'crossEntropy, soft labels': (logits) => crossEntropy(logits, soft()),
  'crossEntropy, smoothed': (logits) => crossEntropy(logits, labels(), { labelSmoothing: 0.1 }),
  'crossEntropy, soft and smoothed': (logits) => crossEntropy(logits, soft(), { labelSmoothing: 0.1 }),
  'crossEntropy, weighted': (logits) => crossEntropy(logits, labels(), { weight: weight() }),
  'crossEntropy, sum': (logits) => crossEntropy(logits, labels(), { reduction: 'sum' }),
  'klDivergence of the input': (logits) => klDivergence(other(), logits),
  'klDivergence of the target': (logits) => klDivergence(logits, other()),
  'klDivergence, mean': (logits) => klDivergence(other(), logits, { reduction: 'mean' }),
};

describe.each(Object.entries(losses))('%s', (_, loss) => {
  it('keeps the contract of a loss', () => expectLoss({ loss }));
});
