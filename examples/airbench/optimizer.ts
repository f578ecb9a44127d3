import { SGD } from '@loopwright/optimizers';
import type { AirbenchNet } from '../models/airbench-net.ts';

/** Rate and decay of a thousand images, whatever the momentum and the size of a batch. */
export interface DecoupledOptions {
  readonly rate: number;
  readonly decay: number;
  readonly momentum: number;
  readonly batchSize: number;
}

const NORM_BIAS_FACTOR = 64;

/**
 * Nesterov's SGD for the sum of a batch's losses. A gradient that stays the same moves a weight by rate / 1024 of what one
 * image's would, with any momentum; weights decay at the same pace with any rate; and the biases of batch normalization
 * learn 64 times as fast as the rest.
 *
 * Follows K. Jordan's airbench94.py; the arithmetic is D. Page's ("How to Train Your ResNet", part 5, 2018).
 */
export function airbenchOptimizer(
  { variables }: AirbenchNet,
  { rate, decay, momentum, batchSize }: DecoupledOptions,
): SGD {
  const kiloStep = 1024 * (1 + 1 / (1 - momentum));
  const isNormBias = (name: string) => name.includes('.norm');
  const rated = (learningRate: number) => ({
    learningRate,
    weightDecay: (decay * batchSize) / kiloStep / learningRate,
  });
  const params = Object.fromEntries(Object.entries(variables).filter(([, { trainable }]) => trainable));
  const groups = [
    {
      name: 'norm biases',
      params,
      select: isNormBias,
      ...rated((NORM_BIAS_FACTOR * rate) / kiloStep),
    },
    { name: 'others', params, select: (name: string) => !isNormBias(name), ...rated(rate / kiloStep) },
  ];
  return new SGD(groups, { momentum, nesterov: true });
}
