import { add, div, mul, sqrt, sub } from '@tensorflow/tfjs-core';
import {
  belowOne,
  type CommonHyperParameters,
  commonHyperParameters,
  nonNegative,
} from '../hyper-parameters.ts';
import type { InPlaceRule } from '../in-place-rule.ts';
import type { UpdateRule } from '../update-rule.ts';
import { momentShares, movingAverage, movingSquareAverage } from './moving-average.ts';
import { addL2, shrink, shrinkage } from './weight-decay.ts';

/** What can be set on `RAdam`. */
export interface RAdamHyperParameters extends CommonHyperParameters {
  /** Smoothing of the gradient, in [0, 1). */
  beta1: number;
  /** Smoothing of the squared gradient, in [0, 1). */
  beta2: number;
  /** Added to the root of the second moment, outside the root. */
  epsilon: number;
  /** Decays weights apart from the gradient, as AdamW does, instead of adding an L2 term to it. */
  decoupledWeightDecay: boolean;
}

/**
 * Adam with a rectified variance, as `torch.optim.RAdam`: with ρ∞ = 2 / (1 - β₂) - 1 and
 * ρ = ρ∞ - 2 t β₂ᵗ / (1 - β₂ᵗ), a step is `lr m̂ r √(1 - β₂ᵗ) / (√v + ε)` where ρ > 5, and `lr m̂` before,
 * `r = √((ρ - 4)(ρ - 2) ρ∞ / ((ρ∞ - 4)(ρ∞ - 2) ρ))`.
 *
 * After Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond" (ICLR 2020).
 */
export const rAdam = {
  name: 'RAdam',
  hyperParameters: {
    ...commonHyperParameters({ learningRate: 1e-3, weightDecay: 0 }),
    beta1: { default: 0.9, range: belowOne },
    beta2: { default: 0.999, range: belowOne },
    epsilon: { default: 1e-8, range: nonNegative },
    decoupledWeightDecay: { default: false },
  },
  slots: { firstMoment: 'always', secondMoment: 'always' },
  apply({ parameter, gradient, slots, hyper, step }) {
    const { learningRate, weightDecay, beta1, beta2, decoupledWeightDecay } = hyper;
    const slope = decoupledWeightDecay ? gradient : addL2(gradient, parameter, weightDecay);
    const start = decoupledWeightDecay ? shrink(parameter, learningRate, weightDecay) : parameter;
    const firstMoment = movingAverage(slots.firstMoment, slope, beta1);
    const secondMoment = movingSquareAverage(slots.secondMoment, slope, beta2);

    const { rate, rectified, epsilon } = rectifiedRate(hyper, step);
    const change = mul(firstMoment, rate);
    return {
      parameter: sub(start, rectified ? div(change, add(sqrt(secondMoment), epsilon)) : change),
      slots: { firstMoment, secondMoment },
    };
  },
  inPlace: {
    kernel: 'rAdam',
    slots: () => ['firstMoment', 'secondMoment'],
    numbers: ({ hyper, step }) => ({
      l2: hyper.decoupledWeightDecay ? 0 : hyper.weightDecay,
      shrink: hyper.decoupledWeightDecay ? shrinkage(hyper.learningRate, hyper.weightDecay) : 1,
      ...momentShares(hyper),
      ...rectifiedRate(hyper, step),
      centralizedColumns: 0,
    }),
  } satisfies InPlaceRule<RAdamHyperParameters, 'rAdam'>,
} satisfies UpdateRule<RAdamHyperParameters>;

/** What a step multiplies the first moment by, and whether it divides by the root of the second one. */
function rectifiedRate({ learningRate, beta1, beta2, epsilon }: RAdamHyperParameters, step: number) {
  const rate = learningRate / (1 - beta1 ** step);
  const rectification = rectify(beta2, step);
  return rectification === undefined
    ? { rate, rectified: false, epsilon }
    : { rate: rate * rectification * Math.sqrt(1 - beta2 ** step), rectified: true, epsilon };
}

/** RAdam's rectification at a step, or undefined while the variance of the adaptive rate is not tractable. */
function rectify(beta2: number, step: number): number | undefined {
  const limit = 2 / (1 - beta2) - 1;
  const decayed = beta2 ** step;
  const length = limit - (2 * step * decayed) / (1 - decayed);
  if (length <= 5) return undefined;
  return Math.sqrt(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length));
}
