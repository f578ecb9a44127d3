import { add, div, maximum, mul, sqrt, sub } from '@tensorflow/tfjs-core';
import {
  belowOne,
  type CommonHyperParameters,
  commonHyperParameters,
  nonNegative,
} from '../hyper-parameters.ts';
import type { InPlaceRule } from '../in-place-rule.ts';
import type { UpdateInput, UpdateOutput, UpdateRule } from '../update-rule.ts';
import { momentShares, movingAverage, movingSquareAverage } from './moving-average.ts';
import { addL2, shrink, shrinkage } from './weight-decay.ts';

/** What can be set on `Adam` and `AdamW`. */
export interface AdamHyperParameters extends CommonHyperParameters {
  /** Smoothing of the gradient, in [0, 1). */
  beta1: number;
  /** Smoothing of the squared gradient, in [0, 1). */
  beta2: number;
  /** Added to the root of the bias-corrected second moment, outside the root. */
  epsilon: number;
  /** Divides by the largest second moment so far instead of the current one. */
  amsgrad: boolean;
}

/**
 * Adam with weight decay in the gradient, as `torch.optim.Adam`:
 * `m ← β₁ m + (1 - β₁) g`, `v ← β₂ v + (1 - β₂) g²`, `θ ← θ - lr m̂ / (√v̂ + ε)` with `m̂ = m / (1 - β₁ᵗ)`,
 * `v̂ = v / (1 - β₂ᵗ)` and `g` including `weightDecay θ`.
 */
export const adam: UpdateRule<AdamHyperParameters> = {
  name: 'Adam',
  ...adamTable(0),
  apply(input) {
    const { gradient, parameter, hyper } = input;
    return adamUpdate({ ...input, gradient: addL2(gradient, parameter, hyper.weightDecay) });
  },
  inPlace: adamInPlace(({ weightDecay }) => ({ l2: weightDecay, shrink: 1 })),
};

/**
 * Adam with decoupled weight decay, as `torch.optim.AdamW`: first `θ ← (1 - lr weightDecay) θ`, then Adam's step on
 * the gradient alone.
 */
export const adamW: UpdateRule<AdamHyperParameters> = {
  name: 'AdamW',
  ...adamTable(1e-2),
  apply(input) {
    const { learningRate, weightDecay } = input.hyper;
    return adamUpdate({ ...input, parameter: shrink(input.parameter, learningRate, weightDecay) });
  },
  inPlace: adamInPlace(({ learningRate, weightDecay }) => ({
    l2: 0,
    shrink: shrinkage(learningRate, weightDecay),
  })),
};

function adamTable(weightDecay: number) {
  return {
    hyperParameters: {
      ...commonHyperParameters({ learningRate: 1e-3, weightDecay }),
      beta1: { default: 0.9, range: belowOne },
      beta2: { default: 0.999, range: belowOne },
      epsilon: { default: 1e-8, range: nonNegative },
      amsgrad: { default: false },
    },
    slots: { firstMoment: 'always', secondMoment: 'always', maxSecondMoment: 'sometimes' },
  } as const;
}

/** `lr m̂ / (√v̂ + ε)` is computed as `m (lr √c₂ / c₁) / (√v + ε √c₂)`, cᵢ = 1 - βᵢᵗ: one pass fewer. */
function correctBias({ learningRate, beta1, beta2, epsilon }: AdamHyperParameters, step: number) {
  const root = Math.sqrt(1 - beta2 ** step);
  return { rate: (learningRate * root) / (1 - beta1 ** step), epsilon: epsilon * root };
}

function adamInPlace(
  decay: (hyper: AdamHyperParameters) => { readonly l2: number; readonly shrink: number },
): InPlaceRule<AdamHyperParameters, 'adam'> {
  return {
    kernel: 'adam',
    slots: ({ amsgrad }) => ['firstMoment', 'secondMoment', ...(amsgrad ? ['maxSecondMoment'] : [])],
    numbers({ hyper, step }) {
      const { l2, shrink } = decay(hyper);
      const { share1, decay2, share2 } = momentShares(hyper);
      const { rate, epsilon } = correctBias(hyper, step);
      return { l2, shrink, share1, decay2, share2, rate, epsilon };
    },
  };
}

function adamUpdate({
  parameter,
  gradient,
  slots,
  hyper,
  step,
}: UpdateInput<AdamHyperParameters>): UpdateOutput {
  const { beta1, beta2, amsgrad } = hyper;
  const firstMoment = movingAverage(slots.firstMoment, gradient, beta1);
  const secondMoment = movingSquareAverage(slots.secondMoment, gradient, beta2);
  const moments = { firstMoment, secondMoment };
  const largest = amsgrad
    ? { maxSecondMoment: maximum(slots.maxSecondMoment ?? secondMoment, secondMoment) }
    : undefined;

  const { rate, epsilon } = correctBias(hyper, step);
  const denominator = add(sqrt(largest?.maxSecondMoment ?? secondMoment), epsilon);
  return {
    parameter: sub(parameter, div(mul(firstMoment, rate), denominator)),
    slots: { ...moments, ...largest },
  };
}
