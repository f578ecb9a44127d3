import { JointOptimizer, Muon, SGD } from '@loopwright/optimizers';
import { LambdaLR } from '@loopwright/schedulers';
import { tf } from '@loopwright/tensorflow/portable';
import type { AirbenchNet } from '../models/airbench-net.ts';

const BIAS_RATE = 0.053;
const HEAD_RATE = 0.67;
const FILTER_RATE = 0.24;
/** Decay of an image. */
const DECAY = 2e-6;

/** How long a run and its parts take, in steps. */
export interface MuonRun {
  readonly batchSize: number;
  readonly totalSteps: number;
  /** How long the whitening's bias trains. */
  readonly whiteningSteps: number;
}

/**
 * Muon for the convolutions' filters and Nesterov's SGD, for the sum of a batch's losses, for biases and the last layer; all rates
 * fall in a straight line to zero. After K. Jordan's airbench94_muon.py.
 */
export function muonOptimizer(net: AirbenchNet, { batchSize, totalSteps, whiteningSteps }: MuonRun) {
  const params = Object.fromEntries(Object.entries(net.variables).filter(([, { trainable }]) => trainable));
  const rated = (learningRate: number) => ({
    learningRate,
    weightDecay: (DECAY * batchSize) / learningRate,
  });
  const sgd = new SGD(
    [
      { name: 'whitening bias', params, select: (name) => name === 'whiten.bias', ...rated(BIAS_RATE) },
      { name: 'norm biases', params, select: (name) => name.includes('.norm'), ...rated(BIAS_RATE) },
      { name: 'head', params, select: (name) => name === 'head.weight', ...rated(HEAD_RATE) },
    ],
    { momentum: 0.85, nesterov: true },
  );
  const filters = { name: 'filters', params, select: isFilter };
  const muon = new Muon([filters], { learningRate: FILTER_RATE, momentum: 0.6, nsSteps: 3, weightDecay: 0 });
  const optimizer = new JointOptimizer([sgd, muon]);
  const toZero = (steps: number) => (step: number) => Math.max(0, 1 - step / steps);
  const all = toZero(totalSteps);
  const scheduler = new LambdaLR(optimizer, { lrLambda: [toZero(whiteningSteps), all, all, all] });
  return { optimizer, scheduler };
}

/** Gives each convolution's filters the norm that as many orthonormal ones have. Batch normalization undoes it. */
export function normalizeFilters({ variables }: AirbenchNet): void {
  for (const [name, filters] of Object.entries(variables)) {
    if (!isFilter(name)) continue;
    const count = filters.shape.at(-1)!;
    tf.tidy(() => filters.assign(tf.mul(filters, tf.div(Math.sqrt(count), tf.norm(filters)))));
  }
}

/** Gives the last layer's weights a standard deviation of 1. */
export function scaleHead({ variables }: AirbenchNet): void {
  const head = variables['head.weight']!;
  tf.tidy(() => {
    const { variance } = tf.moments(head);
    const unbiased = tf.mul(variance, head.size / (head.size - 1));
    head.assign(tf.div(head, tf.sqrt(unbiased)));
  });
}

function isFilter(name: string): boolean {
  return name.includes('.conv');
}
