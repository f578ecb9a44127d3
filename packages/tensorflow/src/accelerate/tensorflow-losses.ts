import { add, engine, losses, mul, Reduction, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type KernelFamily, replaceMethod } from './replacement.ts';
import { DENSE } from './softmax-cross-entropy.ts';

/** `tf.losses.softmaxCrossEntropy` of a batch of logits by the native kernel. */
export const tensorflowLosses: KernelFamily = () =>
  replaceMethod(
    losses,
    'softmaxCrossEntropy',
    (before) =>
      ((labels, logits, weights, labelSmoothing = 0, reduction = Reduction.SUM_BY_NONZERO_WEIGHTS) => {
        if (!isFloatMatrix(labels) || !isFloatMatrix(logits) || labels.shape.join() !== logits.shape.join()) {
          return before(labels, logits, weights, labelSmoothing, reduction);
        }
        return tidy(() => {
          const inputs = { logits, labels: smooth(labels, labelSmoothing) };
          const [perExample] = engine().runKernel(DENSE, inputs) as Tensor[];
          return losses.computeWeightedLoss(perExample as Tensor, weights, reduction);
        });
      }) as typeof before,
  );

function isFloatMatrix(value: unknown): value is Tensor {
  const { dtype, shape } = (value ?? {}) as Partial<Tensor>;
  return dtype === 'float32' && shape?.length === 2;
}

function smooth(labels: Tensor, smoothing: number): Tensor {
  const classes = labels.shape[1] as number;
  return smoothing > 0 ? add(mul(labels, 1 - smoothing), smoothing / classes) : labels;
}
