import { expectOptimizer, type OptimizerContract } from '@loopwright/test-utils';
import { describe, it } from 'vitest';
import { Adam } from './adam.ts';
import { AdamW } from './adamw.ts';
import { JointOptimizer } from './joint-optimizer.ts';
import { Lookahead } from './lookahead.ts';
import { Muon } from './muon.ts';
import { RAdam } from './radam.ts';
import { Ranger } from './ranger.ts';
import { RMSprop } from './rmsprop.ts';
import { SGD } from './sgd.ts';

/** Every optimizer, with options that use all of its slots, and the same options with other values. */
const registry: Record<string, OptimizerContract> = {
  SGD: {
    make: (params, options) => new SGD(params, options),
    options: { learningRate: 0.02, momentum: 0.9, nesterov: true },
    otherOptions: { learningRate: 0.5, momentum: 0.1, dampening: 0.3, weightDecay: 0.2, maximize: true },
  },
  Adam: {
    make: (params, options) => new Adam(params, options),
    options: { learningRate: 0.1, amsgrad: true },
    otherOptions: {
      learningRate: 0.5,
      beta1: 0.5,
      beta2: 0.6,
      epsilon: 0.1,
      weightDecay: 0.2,
      maximize: true,
    },
  },
  AdamW: {
    make: (params, options) => new AdamW(params, options),
    options: { learningRate: 0.1, weightDecay: 0, amsgrad: true },
    otherOptions: {
      learningRate: 0.5,
      beta1: 0.5,
      beta2: 0.6,
      epsilon: 0.1,
      weightDecay: 0.2,
      maximize: true,
    },
  },
  RAdam: {
    make: (params, options) => new RAdam(params, options),
    options: { learningRate: 0.1, beta2: 0.95 },
    otherOptions: { learningRate: 0.5, beta1: 0.5, weightDecay: 0.2, decoupledWeightDecay: true },
  },
  RMSprop: {
    make: (params, options) => new RMSprop(params, options),
    options: { learningRate: 0.02, decay: 0.9, momentum: 0.5, centered: true },
    otherOptions: { learningRate: 0.5, epsilon: 0.1, weightDecay: 0.2, maximize: true },
  },
  'Lookahead of an optimizer': {
    make: (params, { k, alpha, ...options }) =>
      new Lookahead(new SGD(params, options), { k: k as number, alpha: alpha as number }),
    options: { k: 3, alpha: 0.4, learningRate: 0.05, momentum: 0.5 },
    otherOptions: { k: 2, alpha: 0.9, learningRate: 0.5, momentum: 0.1 },
  },
  'Lookahead of parameters': {
    make: (params, options) => new Lookahead(params, { ...options, optimizer: AdamW }),
    options: { k: 3, alpha: 0.4, learningRate: 0.1, weightDecay: 0 },
    otherOptions: { k: 2, alpha: 0.9, learningRate: 0.5 },
  },
  'Muon and SGD, jointly': {
    make: ({ matrix, vector }, { learningRate, momentum, ...options }) => {
      const common = { learningRate: learningRate as number, momentum: momentum as number };
      const ofMatrix = matrix && new Muon({ matrix }, { ...common, ...options });
      const ofVector = vector && new SGD({ vector }, common);
      return new JointOptimizer([ofMatrix, ofVector].filter((optimizer) => optimizer !== undefined));
    },
    options: { learningRate: 0.05, momentum: 0.5, weightDecay: 0 },
    otherOptions: { learningRate: 0.5, momentum: 0.9, nesterov: false, nsSteps: 3, matchRmsAdamW: true },
  },
  Ranger: {
    make: (params, options) => new Ranger(params, options),
    options: { k: 3, alpha: 0.8, learningRate: 0.2, beta2: 0.95, gradientCentralization: false },
    otherOptions: { k: 2, alpha: 0.9, learningRate: 0.5, weightDecay: 0.1 },
  },
};

describe('the contract of every optimizer', () => {
  for (const [name, contract] of Object.entries(registry)) it(name, () => expectOptimizer(contract));
});
