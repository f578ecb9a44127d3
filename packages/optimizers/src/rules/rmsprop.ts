import { add, div, mul, relu, sqrt, square, sub } from '@tensorflow/tfjs-core';
import { type CommonHyperParameters, commonHyperParameters, nonNegative } from '../hyper-parameters.ts';
import type { InPlaceRule } from '../in-place-rule.ts';
import type { UpdateOutput, UpdateRule } from '../update-rule.ts';
import { movingAverage, movingSquareAverage } from './moving-average.ts';
import { addL2 } from './weight-decay.ts';

/** What can be set on `RMSprop`. */
export interface RMSpropHyperParameters extends CommonHyperParameters {
  /** α: smoothing of the squared gradient, in [0, 1]. PyTorch's `alpha`. */
  decay: number;
  /** Added to the root, outside it. */
  epsilon: number;
  /** μ, at least 0; 0 keeps no buffer. */
  momentum: number;
  /** Divides by an estimate of the gradient's standard deviation instead of its root mean square. */
  centered: boolean;
}

/**
 * RMSprop, as `torch.optim.RMSprop`: `v ← α v + (1 - α) g²`, `d = g / (√v + ε)`, then `θ ← θ - lr d`, or
 * `b ← μ b + d`, `θ ← θ - lr b`. Centered: `a ← α a + (1 - α) g` and √(v - a²) in place of √v.
 *
 * PyTorch takes the root of v - a² as it comes and so gets NaN where rounding makes a difference of equals negative;
 * here it is at least 0.
 */
export const rmsProp: UpdateRule<RMSpropHyperParameters> = {
  name: 'RMSprop',
  hyperParameters: {
    ...commonHyperParameters({ learningRate: 1e-2, weightDecay: 0 }),
    decay: { default: 0.99, range: { min: 0, max: 1 } },
    epsilon: { default: 1e-8, range: nonNegative },
    momentum: { default: 0, range: nonNegative },
    centered: { default: false },
  },
  slots: { squareAverage: 'always', gradientAverage: 'sometimes', momentumBuffer: 'sometimes' },
  apply({ parameter, gradient, slots, hyper }): UpdateOutput {
    const { learningRate, weightDecay, decay, epsilon, momentum, centered } = hyper;
    const slope = addL2(gradient, parameter, weightDecay);
    const squareAverage = movingSquareAverage(slots.squareAverage, slope, decay);
    const centre = centered
      ? { gradientAverage: movingAverage(slots.gradientAverage, slope, decay) }
      : undefined;
    const variance =
      centre === undefined ? squareAverage : relu(sub(squareAverage, square(centre.gradientAverage)));
    const scaled = div(slope, add(sqrt(variance), epsilon));

    const averages = { squareAverage, ...centre };
    if (momentum === 0) {
      return { parameter: sub(parameter, mul(scaled, learningRate)), slots: averages };
    }
    const momentumBuffer =
      slots.momentumBuffer === undefined ? scaled : add(mul(slots.momentumBuffer, momentum), scaled);
    return {
      parameter: sub(parameter, mul(momentumBuffer, learningRate)),
      slots: { ...averages, momentumBuffer },
    };
  },
  inPlace: {
    kernel: 'rmsProp',
    slots: ({ centered, momentum }) => [
      'squareAverage',
      ...(centered ? ['gradientAverage'] : []),
      ...(momentum === 0 ? [] : ['momentumBuffer']),
    ],
    numbers: ({ hyper: { learningRate, weightDecay, decay, epsilon, momentum } }) => ({
      l2: weightDecay,
      rate: learningRate,
      decay,
      share: 1 - decay,
      epsilon,
      momentum,
    }),
  } satisfies InPlaceRule<RMSpropHyperParameters, 'rmsProp'>,
};
