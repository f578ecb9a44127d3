import { util } from '@tensorflow/tfjs-core';
import { type CentralizationAxes, centralizeGradient } from '../gradient-centralization.ts';
import type { InPlaceRule } from '../in-place-rule.ts';
import type { UpdateRule } from '../update-rule.ts';
import { type RAdamHyperParameters, rAdam } from './radam.ts';

/** What can be set on `Ranger`, apart from its lookahead. */
export interface RangerHyperParameters extends Omit<RAdamHyperParameters, 'decoupledWeightDecay'> {
  /** Takes the mean of each output's weights out of their gradient. */
  gradientCentralization: boolean;
}

const { decoupledWeightDecay: _, ...shared } = rAdam.hyperParameters;

/** Ranger's inner rule: RAdam with decoupled weight decay on centralized gradients. */
export function ranger(axesOf: CentralizationAxes): UpdateRule<RangerHyperParameters> {
  return {
    name: 'Ranger',
    hyperParameters: {
      ...shared,
      beta1: { ...shared.beta1, default: 0.95 },
      epsilon: { ...shared.epsilon, default: 1e-5 },
      gradientCentralization: { default: true },
    },
    slots: rAdam.slots,
    apply(input) {
      const { name, parameter, gradient, hyper } = input;
      const axes = hyper.gradientCentralization ? axesOf(name, parameter.shape) : [];
      return rAdam.apply({
        ...input,
        gradient: centralizeGradient(gradient, axes),
        hyper: { ...hyper, decoupledWeightDecay: true },
      });
    },
    inPlace: {
      ...rAdam.inPlace,
      numbers(input) {
        const { name, shape, hyper } = input;
        const axes = hyper.gradientCentralization ? axesOf(name, shape) : [];
        if (axes.some((axis, index) => axis !== index)) return undefined;
        const centralizedColumns = axes.length === 0 ? 0 : util.sizeFromShape(shape.slice(axes.length));
        const numbers = rAdam.inPlace.numbers({ ...input, hyper: { ...hyper, decoupledWeightDecay: true } });
        return { ...numbers, centralizedColumns };
      },
    } satisfies InPlaceRule<RangerHyperParameters, 'rAdam'>,
  };
}
