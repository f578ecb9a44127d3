import { add, mul, type Tensor } from '@tensorflow/tfjs-core';

/** `gradient + weightDecay parameter`: the gradient of the loss with an L2 penalty. Arguments are borrowed. */
export function addL2(gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
}

/** What is left of a parameter after decay apart from the gradient. */
export function shrinkage(learningRate: number, weightDecay: number): number {
  return 1 - learningRate * weightDecay;
}

/** `(1 - learningRate weightDecay) parameter`: decay apart from the gradient. Arguments are borrowed. */
export function shrink(parameter: Tensor, learningRate: number, weightDecay: number): Tensor {
  return weightDecay === 0 ? parameter : mul(parameter, shrinkage(learningRate, weightDecay));
}
