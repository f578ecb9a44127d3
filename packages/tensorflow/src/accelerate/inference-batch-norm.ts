import { FusedBatchNorm, ones, type Tensor, type TensorInfo, tensor1d, zeros } from '@tensorflow/tfjs-core';
import { batchNormAttributes } from './fused-batch-norm.ts';
import { isTaped, nativeOps } from './native-op.ts';
import { type KernelFamily, replaceGradient, replaceKernel, together } from './replacement.ts';

/** The version of the op that TensorFlow's graph optimizer knows how to fuse with its neighbours. */
const kernel: KernelFamily = () =>
  replaceKernel(FusedBatchNorm, ({ inputs, attrs: { varianceEpsilon } }) => {
    const { x, mean, variance, scale, offset } = inputs as Record<string, TensorInfo>;
    if (x?.dtype !== 'float32' || mean?.shape.length !== 1 || variance?.shape.length !== 1) return undefined;
    const made: Tensor[] = [];
    const keep = <T extends Tensor>(tensor: T): T => {
      made.push(tensor);
      return tensor;
    };
    const factors = [scale ?? keep(ones(mean.shape)), offset ?? keep(zeros(mean.shape))];
    const attributes = batchNormAttributes(varianceEpsilon as number, false);
    const [y, ...unused] = nativeOps('FusedBatchNormV3', attributes, [x, ...factors, mean, variance], 6);
    for (const tensor of [...made, ...unused]) tensor.dispose();
    return y;
  });

/** The gradient of normalizing by given statistics; those of the statistics are TensorFlow.js' own. */
const gradient: KernelFamily = () =>
  replaceGradient(FusedBatchNorm, {
    inputsToSave: ['x', 'mean', 'variance', 'scale'],
    gradient: (dy, saved, { varianceEpsilon }, before) => {
      const [x, mean, variance, scale] = saved as readonly [Tensor, Tensor, Tensor, Tensor];
      if (isTaped() || mean.rank !== 1) return before();
      const attributes = batchNormAttributes(varianceEpsilon as number, false);
      const inputs = [dy, x, scale, mean, variance, tensor1d([])];
      const [dx, dscale, doffset] = nativeOps('FusedBatchNormGradV3', attributes, inputs, 5) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      return {
        x: () => dx,
        scale: () => dscale,
        offset: () => doffset,
        mean: () => before().mean?.() as Tensor,
        variance: () => before().variance?.() as Tensor,
      };
    },
  });

/** Batch normalization by running statistics: inference, and training with frozen statistics. */
export const inferenceBatchNorm: KernelFamily = together(kernel, gradient);
