import { mul, type Rank, reshape, sub } from '@tensorflow/tfjs-core';
import {
  belowOne,
  type CommonHyperParameters,
  commonHyperParameters,
  nonNegative,
} from '../hyper-parameters.ts';
import { orthogonalize } from '../orthogonalize.ts';
import type { UpdateOutput, UpdateRule } from '../update-rule.ts';
import { movingAverage } from './moving-average.ts';
import { shrink } from './weight-decay.ts';

/** What can be set on `Muon`. */
export interface MuonHyperParameters extends CommonHyperParameters {
  /** μ, from 0 up to, but not including, 1. */
  momentum: number;
  /** Nesterov's look ahead. */
  nesterov: boolean;
  /** Newton and Schulz's iterations, at least 1. */
  nsSteps: number;
  /** The least norm that the momentum is divided by. */
  epsilon: number;
  /**
   * Makes updates as large as AdamW's are, so that its learning rate and weight decay can be taken over; otherwise the
   * updates of layers with more outputs than inputs are enlarged by the root of the ratio.
   */
  matchRmsAdamW: boolean;
}

/**
 * Momentum, orthogonalized, as `torch.optim.Muon`: `b ← μ b + (1 - μ) g`, `o = orthogonalize((1 - μ) g + μ b)`,
 * `θ ← (1 - lr λ) θ - lr s o`, where s makes up for the shape. A weight is a matrix of its outputs, the last axis, by all
 * that leads to one.
 */
export const muon: UpdateRule<MuonHyperParameters> = {
  name: 'Muon',
  hyperParameters: {
    ...commonHyperParameters({ learningRate: 1e-3, weightDecay: 0.1 }),
    momentum: { default: 0.95, range: belowOne },
    nesterov: { default: true },
    nsSteps: { default: 5, range: { min: 1, max: 99 }, integer: true },
    epsilon: { default: 1e-7, range: nonNegative },
    matchRmsAdamW: { default: false },
  },
  slots: { momentumBuffer: 'always' },
  apply({ parameter, gradient, slots, hyper }): UpdateOutput {
    const { learningRate, weightDecay, momentum, nesterov, nsSteps, epsilon, matchRmsAdamW } = hyper;
    const momentumBuffer = movingAverage(slots.momentumBuffer, gradient, momentum);
    const direction = nesterov ? movingAverage(gradient, momentumBuffer, 1 - momentum) : momentumBuffer;
    const outputs = parameter.shape.at(-1) as number;
    const inputs = parameter.size / outputs;
    const matrix = reshape<Rank.R2>(direction, [inputs, outputs]);
    const orthogonal = reshape(orthogonalize(matrix, { steps: nsSteps, epsilon }), parameter.shape);
    const scale = matchRmsAdamW
      ? 0.2 * Math.sqrt(Math.max(inputs, outputs))
      : Math.sqrt(Math.max(1, outputs / inputs));
    const shrunk = shrink(parameter, learningRate, weightDecay);
    return { parameter: sub(shrunk, mul(orthogonal, learningRate * scale)), slots: { momentumBuffer } };
  },
};
