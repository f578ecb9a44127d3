import { customGrad, type GradSaveFunc, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { attribute, type OpAttribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { batchNormGradient } from './batch-norm-gradient.ts';
import { CHANNELS_LAST, FLOAT, isTaped, nativeOps } from './native-op.ts';

const STATISTICS = attribute.type('U', DataType.float32);

/** The attributes of `FusedBatchNormV3` and its gradient. */
export function batchNormAttributes(epsilon: number, training: boolean): OpAttribute[] {
  return [
    FLOAT,
    STATISTICS,
    attribute.float('epsilon', epsilon),
    CHANNELS_LAST,
    attribute.bool('is_training', training),
  ];
}

/** Running statistics that a training pass blends with those of its batch: (1 − share) · old + share · batch. */
export interface BlendedStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
  /** More than 0, up to 1. */
  readonly share: number;
  /** Takes the new mean and variance, the latter with Bessel's correction; they are freed afterwards. */
  readonly update: (mean: Tensor, variance: Tensor) => void;
}

/**
 * Normalizes by the statistics of the batch in one op, and differentiates in one op.
 *
 * @param x float32 [n, height, width, channels]; borrowed like all the others
 * @param scale float32 [channels]
 * @param offset float32 [channels]
 */
export function fusedBatchNorm(
  x: Tensor,
  scale: Tensor,
  offset: Tensor,
  epsilon: number,
  statistics?: BlendedStatistics,
): Tensor {
  const compute = customGrad((...args) => {
    const [x, scale, offset, save] = args as unknown as [Tensor, Tensor, Tensor, GradSaveFunc];
    const { share, old } = blending(statistics);
    const attributes = [
      ...batchNormAttributes(epsilon, true),
      attribute.float('exponential_avg_factor', share),
    ];
    const [y, mean, variance, ...reserved] = nativeOps(
      'FusedBatchNormV3',
      attributes,
      [x, scale, offset, ...old],
      6,
    );
    statistics?.update(mean as Tensor, variance as Tensor);
    save([x, scale, ...reserved]);
    return {
      value: y as Tensor,
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, scale, ...reserved] = saved as [Tensor, Tensor, ...Tensor[]];
        if (isTaped()) return batchNormGradient(dy, x, scale, epsilon);
        const inputs = [dy, x, scale, ...reserved];
        return nativeOps('FusedBatchNormGradV3', batchNormAttributes(epsilon, true), inputs, 5).slice(0, 3);
      },
    };
  });
  return compute(x, scale, offset);
}

/** The op's `exponential_avg_factor` and the statistics that it takes; none at a share of 1. */
function blending(statistics: BlendedStatistics | undefined): { share: number; old: readonly Tensor[] } {
  if (statistics === undefined || statistics.share === 1) {
    return { share: 1, old: [tensor1d([]), tensor1d([])] };
  }
  return { share: statistics.share, old: [statistics.mean, statistics.variance] };
}
