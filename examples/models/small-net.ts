import type { TensorFlow } from '@loopwright/tensorflow/portable';
import { torchDefault } from './torch-initial-weights.ts';
import { torchLayers } from './torch-layers.ts';

/** What {@link smallNet} is made of. */
export interface SmallNetOptions {
  /** Height, width and channels of an image; CIFAR's by default. */
  readonly inputShape?: readonly [number, number, number];
  /** 100 by default. */
  readonly classes?: number;
  /** The shares of activations that are dropped in training, after each convolution and after the first linear layer. */
  readonly dropout?: { readonly convolution: number; readonly linear: number };
  /** Of the initial weights, which are PyTorch's defaults. */
  readonly seed: number;
}

/**
 * Three convolutions with batch normalization, each followed by max pooling, and two linear layers: 996,376 weights
 * that train, for CIFAR-100. The largest network of its kind under a limit of one million.
 *
 * @returns a model of images [batch, height, width, channels] to logits [batch, classes], which the caller disposes
 */
export function smallNet(
  tf: TensorFlow,
  {
    inputShape = [32, 32, 3],
    classes = 100,
    dropout = { convolution: 0.1, linear: 0.2 },
    seed,
  }: SmallNetOptions,
): InstanceType<TensorFlow['LayersModel']> {
  const layers = torchLayers(tf, { seed, convolution: torchDefault, linear: torchDefault });
  const { conv2d, batchNorm, relu, maxPool, flatten, linear } = layers;

  const images = tf.input({ shape: [...inputShape] });
  let x = images;
  for (const [index, filters] of [32, 64, 128].entries()) {
    x = conv2d(`conv${index + 1}`, x, { filters, kernelSize: 3, bias: true });
    x = relu(batchNorm(`bn${index + 1}`, x));
    x = maxPool(layers.dropout(x, dropout.convolution));
  }
  x = relu(linear('fc1', flatten(x), 420));
  x = layers.dropout(x, dropout.linear);
  return tf.model({ inputs: images, outputs: linear('fc2', x, classes), name: 'small-net' });
}
