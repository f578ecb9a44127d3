import { checker } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import {
  add,
  moments,
  mul,
  ones,
  reshape,
  type Tensor,
  type Tensor1D,
  batchNorm as tensorflowBatchNorm,
  tidy,
  type Variable,
  zeros,
} from '@tensorflow/tfjs-core';
import { fusedBatchNorm } from './fused-batch-norm.ts';
import { isNative } from './native-op.ts';

/** Whose rule the running statistics follow; see {@link batchNorm}. */
export type StatisticsUpdate = 'pytorch' | 'keras';

/** Options of {@link batchNorm}. */
export interface BatchNormOptions {
  /** Whether to normalize by the statistics of the batch, and to move the running ones; they are used otherwise. */
  readonly training: boolean;
  /** float32 [channels]; 1 by default; borrowed. */
  readonly scale?: Tensor | undefined;
  /** float32 [channels]; 0 by default; borrowed. */
  readonly offset?: Tensor | undefined;
  /** float32 [channels]; stays the caller's. Needed together with `runningVariance`, unless it is only trained. */
  readonly runningMean?: Variable | undefined;
  /** float32 [channels]; stays the caller's. */
  readonly runningVariance?: Variable | undefined;
  /** `'pytorch'` by default. */
  readonly update?: StatisticsUpdate;
  /** From 0 to 1; 0.1 by default for `'pytorch'`, 0.99 for `'keras'`, which count it the other way round. */
  readonly momentum?: number;
  /** Added to the variance; 1e-5 by default. */
  readonly epsilon?: number;
}

const check = checker('tensorflow', 'batchNorm');
const OPTIONS = [
  'training',
  'scale',
  'offset',
  'runningMean',
  'runningVariance',
  'update',
  'momentum',
  'epsilon',
] as const;

/**
 * Batch normalization over all axes but the last.
 *
 *     y = scale · (x − μ) / √(σ² + ε) + offset
 *
 * In training μ and σ² are the batch's, with σ² biased, and the running statistics move once, n being the number of
 * values a channel:
 *
 *     pytorch:  mean ← (1 − m) · mean + m · μ      variance ← (1 − m) · variance + m · σ² · n / (n − 1)
 *     keras:    mean ← m · mean + (1 − m) · μ      variance ← m · variance + (1 − m) · σ²
 *
 * Otherwise μ and σ² are the running ones, which stay. On the native engine a training pass is one op each way; nothing is
 * read back. Elsewhere it is composed of TensorFlow.js' ops.
 *
 * Follows `torch.nn.functional.batch_norm`, except that channels are the last axis, and that a batch of one value a
 * channel is not refused: its unbiased variance is taken to be 0.
 *
 * @param x float32 of rank 2 or more, with at least one value; borrowed
 * @returns of the same shape; the caller owns it
 * @throws LoopwrightError if a tensor has another type or shape, running statistics are missing where they are needed,
 *   an option is unknown or out of range
 * @example
 * const norm = {
 *   scale: tf.variable(tf.ones([3])),
 *   offset: tf.variable(tf.zeros([3])),
 *   runningMean: tf.variable(tf.zeros([3]), false),
 *   runningVariance: tf.variable(tf.ones([3]), false),
 * };
 * const y = batchNorm(tf.randomNormal([8, 4, 4, 3]), { ...norm, training: true });
 * y.shape; // [8, 4, 4, 3]
 */
export function batchNorm<T extends Tensor>(x: T, options: BatchNormOptions): T {
  check.options(options, OPTIONS);
  const training = check.boolean('training', options.training);
  const update = check.oneOf('update', options.update ?? 'pytorch', ['pytorch', 'keras']);
  const momentum = options.momentum ?? (update === 'pytorch' ? 0.1 : 0.99);
  const share = check.number('momentum', momentum, { min: 0, max: 1 });
  const epsilon = check.number('epsilon', options.epsilon ?? 1e-5, { min: 0 });
  const channels = checkInput(x);
  const vector = { dtype: 'float32', shape: [channels] } as const;
  const { scale, offset } = options;
  if (scale !== undefined) checkTensor(check, 'scale', scale, vector);
  if (offset !== undefined) checkTensor(check, 'offset', offset, vector);
  const running = checkRunning(options, channels);

  return tidy(() => {
    const factors = { scale: scale ?? ones([channels]), offset: offset ?? zeros([channels]) };
    if (!training) return reshape(byRunning(x, factors, epsilon, running ?? missing()), x.shape);
    const blend = running && { ...running, update, share: update === 'pytorch' ? share : 1 - share };
    return reshape((isNative() ? fused : composed)(x, factors, epsilon, blend), x.shape);
  }) as T;
}

interface Factors {
  readonly scale: Tensor;
  readonly offset: Tensor;
}

interface Running {
  readonly mean: Variable;
  readonly variance: Variable;
}

interface Blend extends Running {
  readonly update: StatisticsUpdate;
  /** Share of the batch in the new statistics. */
  readonly share: number;
}

function fused(x: Tensor, { scale, offset }: Factors, epsilon: number, blend: Blend | undefined): Tensor {
  const images = asImages(x);
  if (blend === undefined || blend.share === 0) return fusedBatchNorm(images, scale, offset, epsilon);
  const rows = rowsOf(x);
  // The op blends the unbiased variance. Scaled old ones in, scaled back out, it blends the biased.
  const bias = blend.update === 'keras' && rows > 1 ? (rows - 1) / rows : 1;
  return fusedBatchNorm(images, scale, offset, epsilon, {
    mean: blend.mean,
    variance: bias === 1 ? blend.variance : mul(blend.variance, 1 / bias),
    share: blend.share,
    update: (mean, variance) => {
      blend.mean.assign(mean);
      blend.variance.assign(bias === 1 ? variance : mul(variance, bias));
    },
  });
}

function composed(x: Tensor, factors: Factors, epsilon: number, blend: Blend | undefined): Tensor {
  const images = asImages(x);
  const { mean, variance } = moments(images, [0, 1, 2]);
  if (blend !== undefined) {
    const rows = rowsOf(x);
    const correction = blend.update === 'pytorch' && rows > 1 ? rows / (rows - 1) : 1;
    move(blend.mean, mean, blend.share);
    move(blend.variance, mul(variance, correction), blend.share);
  }
  return normalize(images, factors, epsilon, { mean, variance });
}

function move(running: Variable, batch: Tensor, share: number): void {
  running.assign(add(mul(running, 1 - share), mul(batch, share)));
}

function byRunning(x: Tensor, factors: Factors, epsilon: number, running: Running): Tensor {
  return normalize(asImages(x), factors, epsilon, running);
}

function normalize(
  images: Tensor,
  { scale, offset }: Factors,
  epsilon: number,
  { mean, variance }: Record<'mean' | 'variance', Tensor>,
): Tensor {
  const vectors = [mean, variance, offset, scale] as Tensor1D[] as [Tensor1D, Tensor1D, Tensor1D, Tensor1D];
  return tensorflowBatchNorm(images, ...vectors, epsilon);
}

/** [n, 1, 1, channels], or the images that x holds. */
function asImages(x: Tensor): Tensor {
  return x.rank === 4 ? x : reshape(x, [rowsOf(x), 1, 1, x.shape.at(-1) as number]);
}

/** The number of values a channel. */
function rowsOf(x: Tensor): number {
  return x.size / (x.shape.at(-1) as number);
}

function checkInput(x: Tensor): number {
  const shape = x.rank >= 2 ? x.shape : ['…', 'channels'];
  checkTensor(check, 'x', x, { dtype: 'float32', shape });
  if (x.size === 0) check.fail(`x must hold at least one value, got shape [${x.shape.join(', ')}]`);
  return x.shape.at(-1) as number;
}

function checkRunning({ runningMean, runningVariance }: BatchNormOptions, channels: number) {
  if (runningMean === undefined && runningVariance === undefined) return undefined;
  const vector = { dtype: 'float32', shape: [channels] } as const;
  checkTensor(check, 'runningMean', runningMean, vector);
  checkTensor(check, 'runningVariance', runningVariance, vector);
  return { mean: runningMean as Variable, variance: runningVariance as Variable };
}

function missing(): never {
  return check.fail('runningMean and runningVariance are needed where training is false');
}
