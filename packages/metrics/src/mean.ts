import { checker } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { cast, mul, type Tensor } from '@tensorflow/tfjs-core';
import { sum, tally } from './accumulators.ts';
import { Metric, type MetricDefinition } from './metric.ts';

const check = checker('metrics', 'Mean');

/** What `update` of {@link Mean} takes. A tensor is borrowed. */
export type MeanArgs = [value: number | Tensor, weight?: number];

const accumulators = { numbers: tally(), tensors: sum(), weight: tally() };

function define(): MetricDefinition<MeanArgs, number, typeof accumulators> {
  return {
    config: {},
    accumulators,
    increments: (value, weight = 1) => {
      check.number('weight', weight, { min: 0 });
      if (typeof value === 'number') return weight === 0 ? {} : { numbers: weight * value, weight };
      const scalar = checkScalar(value);
      return weight === 0 ? {} : { tensors: mul(cast(scalar, 'float32'), weight), weight };
    },
    result: ({ numbers, tensors, weight }) => (numbers + tensors) / weight,
  };
}

function checkScalar(value: Tensor): Tensor {
  const numeric = (value as Tensor | undefined)?.dtype === 'int32' ? 'int32' : 'float32';
  return checkTensor(check, 'value', value, { dtype: numeric, shape: [] });
}

/**
 * The weighted mean of scalars, such as of a loss over the batches of an epoch.
 *
 *     mean = Σ weightᵢ · valueᵢ / Σ weightᵢ
 *
 * Give the batch's size as the weight of a batch's mean, or the mean is off wherever the last batch is shorter.
 * Tensors are summed on the device in compensated float32, numbers and weights in float64. A weight of 0 adds nothing,
 * whatever the value. A value that is not finite makes the mean not finite: NaN, mostly. Before the first value the mean
 * is NaN.
 *
 * @throws LoopwrightError if a value is no number or float32 or int32 scalar, or a weight is negative
 * @example
 * const mean = new Mean();
 * mean.update(tf.scalar(1), 64); // a batch of 64
 * mean.update(tf.scalar(4), 8); // the short last one
 * await mean.compute(); // 1.333…
 * mean.dispose();
 */
export class Mean extends Metric<MeanArgs, number> {
  constructor() {
    super(check, define, undefined);
  }
}
