import { RandomStream } from '@loopwright/core';
import type * as portable from '@loopwright/tensorflow/portable';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';

/** TensorFlow.js, and the two functions of ours that take the place of its own. */
export type AirbenchEngine = Pick<typeof portable, 'tf' | 'batchNorm' | 'gelu'>;

/** What {@link airbenchNet} is made of. */
export interface AirbenchNetOptions {
  /** 10 by default. */
  readonly classes?: number;
  /** Filters of the three blocks; 64, 256 and 256 by default. */
  readonly widths?: readonly number[];
  /** Convolutions of the three blocks, 2 by default. The last two of 3 are a residual branch, as in airbench96. */
  readonly depths?: readonly (2 | 3)[];
  /** What the last layer's outputs are multiplied by; 1/9 by default. */
  readonly logitScale?: number;
  /** Of the initial weights. */
  readonly seed: number;
}

/** A network as two functions over variables. */
export interface AirbenchNet {
  /** By name; the whitening filters and the running statistics do not train. They are the network's. */
  readonly variables: Readonly<Record<string, Variable>>;
  /**
   * The first convolution without its bias. No gradient goes through it, and what it amplifies most is finer than
   * bfloat16, so it stands apart from the rest.
   *
   * @param images normalised, [batch, 32, 32, 3]; borrowed
   * @returns [batch, 31, 31, 24]; the caller owns it
   */
  whiten(images: Tensor4D): Tensor4D;
  /**
   * All that follows. In training the running statistics move.
   *
   * @param whitened borrowed
   * @returns logits [batch, classes]; the caller owns them
   */
  apply(whitened: Tensor4D, options: { readonly training: boolean }): Tensor2D;
  dispose(): void;
}

const PATCH = 2;
const CHANNELS = 3;
/** Twice as many as there are directions in a patch: each of them, and its negative. */
const WHITENING_FILTERS = 2 * CHANNELS * PATCH * PATCH;
/** The share of a batch in the running statistics. */
const MOMENTUM = 0.4;
const EPSILON = 1e-12;

/**
 * The network of airbench94: a whitening convolution over 2×2 pixels, three blocks of two convolutions with pooling,
 * batch normalization and GELU, and a linear layer; 1,971,640 weights for 10 classes, of which 288, the whitening
 * filters, are given and not trained (see {@link whiteningFilters}). Convolutions start as the identity, so far as they
 * have as many filters as inputs.
 *
 * Follows K. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024), and its airbench94.py and airbench96.py.
 *
 * @returns a network whose variables the caller disposes; its whitening filters are zeros
 */
export function airbenchNet(
  { tf, batchNorm, gelu }: AirbenchEngine,
  { classes = 10, widths = [64, 256, 256], depths = [2, 2, 2], logitScale = 1 / 9, seed }: AirbenchNetOptions,
): AirbenchNet {
  const variables: Record<string, Variable> = {};
  const declare = (name: string, trainable: boolean, initial: () => Tensor) => {
    variables[name] = tf.tidy(() => tf.variable(initial(), trainable));
  };
  /** What PyTorch's convolutions and linear layers start with. */
  const uniform = (name: string, shape: readonly number[], fanIn: number) => {
    const ownSeed = 1 + new RandomStream(seed, name).integer(2 ** 31 - 1);
    return tf.randomUniform([...shape], -1 / Math.sqrt(fanIn), 1 / Math.sqrt(fanIn), 'float32', ownSeed);
  };
  const partlyIdentity = (name: string, inputs: number, filters: number) => {
    const same = Math.min(inputs, filters);
    const centre = tf.reshape(tf.eye(inputs, same), [1, 1, inputs, same]);
    const around: [number, number] = [1, 1];
    const identity = tf.pad(centre, [around, around, [0, 0], [0, 0]]);
    return same === filters
      ? identity
      : tf.concat([identity, uniform(name, [3, 3, inputs, filters - same], 9 * inputs)], 3);
  };

  declare('whiten.weight', false, () => tf.zeros([PATCH, PATCH, CHANNELS, WHITENING_FILTERS]));
  declare('whiten.bias', true, () => tf.zeros([WHITENING_FILTERS]));
  let inputs = WHITENING_FILTERS;
  for (const [index, filters] of widths.entries()) {
    for (let part = 1; part <= depths[index]!; part++) {
      const [name, norm] = [`block${index + 1}.conv${part}.weight`, `block${index + 1}.norm${part}`];
      const channels = inputs;
      declare(name, true, () => partlyIdentity(name, channels, filters));
      declare(`${norm}.bias`, true, () => tf.zeros([filters]));
      declare(`${norm}.running_mean`, false, () => tf.zeros([filters]));
      declare(`${norm}.running_var`, false, () => tf.ones([filters]));
      inputs = filters;
    }
  }
  declare('head.weight', true, () => uniform('head.weight', [inputs, classes], inputs));

  const held = <T extends Tensor>(name: string) => variables[name] as Tensor as T;
  const conv = (x: Tensor4D, name: string) => tf.conv2d(x, held<Tensor4D>(`${name}.weight`), 1, 'same');
  const normalized = (x: Tensor4D, name: string, training: boolean) =>
    batchNorm(x, {
      training,
      offset: held(`${name}.bias`),
      runningMean: variables[`${name}.running_mean`],
      runningVariance: variables[`${name}.running_var`],
      momentum: MOMENTUM,
      epsilon: EPSILON,
    });
  const block = (x: Tensor4D, name: string, depth: number, training: boolean) => {
    const convNorm = (input: Tensor4D, part: number) =>
      normalized(conv(input, `${name}.conv${part}`), `${name}.norm${part}`, training);
    const pooled = tf.maxPool(conv(x, `${name}.conv1`), 2, 2, 'valid');
    const first = gelu(normalized(pooled, `${name}.norm1`, training));
    const second = gelu(convNorm(first, 2));
    return depth === 2 ? second : gelu(tf.add(convNorm(second, 3), first) as Tensor4D);
  };

  return {
    variables,
    whiten: (images) => tf.conv2d(images, held<Tensor4D>('whiten.weight'), 1, 'valid'),
    apply: (whitened, { training }) =>
      tf.tidy(() => {
        let x = gelu(tf.add(whitened, held<Tensor1D>('whiten.bias')) as Tensor4D);
        for (const [index, depth] of depths.entries()) x = block(x, `block${index + 1}`, depth, training);
        const features = tf.reshape(tf.maxPool(x, 3, 3, 'valid'), [-1, inputs]) as Tensor2D;
        return tf.mul(tf.matMul(features, held<Tensor2D>('head.weight')), logitScale) as Tensor2D;
      }),
    dispose: () => tf.dispose(variables),
  };
}
