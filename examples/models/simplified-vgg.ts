import type { TensorFlow } from '@loopwright/tensorflow/portable';
import { kaimingNormalFanOut, normal } from './torch-initial-weights.ts';
import { torchLayers } from './torch-layers.ts';

/** What {@link simplifiedVgg} is made of. */
export interface SimplifiedVggOptions {
  /** Height, width and channels of an image. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Filters of the first block; 64 by default. The linear layers have 16 times as many units. */
  readonly width?: number;
  /** The share of activations that is dropped in training after each of the first two linear layers; 0.5 by default. */
  readonly dropout?: number;
  /** Of the initial weights, which are those of torchvision's VGG. */
  readonly seed: number;
}

/**
 * A VGG of three blocks of two convolutions without batch normalization, and three linear layers: 6,400,586 weights
 * for 32×32×3 images in 10 classes.
 *
 * Follows K. Simonyan and A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2014),
 * cut down for CIFAR-10. Layers have the names of torchvision's features (`cnn_features.0` …) and classifier (`fc.0` …).
 *
 * @returns a model of images [batch, height, width, channels] to logits [batch, classes], which the caller disposes
 */
export function simplifiedVgg(
  tf: TensorFlow,
  { inputShape, classes, width = 64, dropout = 0.5, seed }: SimplifiedVggOptions,
): InstanceType<TensorFlow['LayersModel']> {
  const layers = torchLayers(tf, { seed, convolution: kaimingNormalFanOut, linear: normal(0.01) });
  const { conv2d, relu, maxPool, flatten, linear } = layers;

  const images = tf.input({ shape: [...inputShape] });
  let x = images;
  for (const [block, growth] of [1, 2, 4].entries()) {
    const filters = growth * width;
    // A block is five modules in PyTorch: two convolutions, each with its ReLU, and the pooling.
    for (const index of [5 * block, 5 * block + 2]) {
      x = relu(conv2d(`cnn_features.${index}`, x, { filters, kernelSize: 3, bias: true }));
    }
    x = maxPool(x);
  }
  x = flatten(x);
  for (const index of [0, 3]) x = layers.dropout(relu(linear(`fc.${index}`, x, 16 * width)), dropout);
  return tf.model({ inputs: images, outputs: linear('fc.6', x, classes), name: 'simplified-vgg' });
}
