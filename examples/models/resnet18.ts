import type { TensorFlow } from '@loopwright/tensorflow/portable';
import { kaimingNormalFanOut, torchDefault } from './torch-initial-weights.ts';
import { type Symbolic, torchLayers } from './torch-layers.ts';

/** What {@link resnet18} is made of. */
export interface ResNet18Options {
  /** Height, width and channels of an image. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Filters of the first stage, doubled from each to the next; 64 by default. */
  readonly width?: number;
  /** Of the initial weights, which are torchvision's. */
  readonly seed: number;
}

/**
 * The ResNet-18 of torchvision: 11,181,642 weights that train for 10 classes, and 9,600 running statistics. Its
 * layers have torchvision's names, so that `loadTorchWeights` takes PyTorch's weights.
 *
 * Follows K. He et al., "Deep Residual Learning for Image Recognition" (2015), and torchvision's `resnet.py`.
 *
 * @returns a model of images [batch, height, width, channels] to logits [batch, classes], which the caller disposes
 */
export function resnet18(
  tf: TensorFlow,
  { inputShape, classes, width = 64, seed }: ResNet18Options,
): InstanceType<TensorFlow['LayersModel']> {
  const initial = { seed, convolution: kaimingNormalFanOut, linear: torchDefault };
  const { conv2d, batchNorm, relu, add, globalAveragePool, linear, through } = torchLayers(tf, initial);

  const basicBlock = (name: string, input: Symbolic, filters: number, stride: number) => {
    let x = conv2d(`${name}.conv1`, input, { filters, kernelSize: 3, stride });
    x = relu(batchNorm(`${name}.bn1`, x));
    x = conv2d(`${name}.conv2`, x, { filters, kernelSize: 3 });
    x = batchNorm(`${name}.bn2`, x);
    return relu(add(x, stride === 1 ? input : downsample(`${name}.downsample`, input, filters, stride)));
  };
  const downsample = (name: string, input: Symbolic, filters: number, stride: number) =>
    batchNorm(`${name}.1`, conv2d(`${name}.0`, input, { filters, kernelSize: 1, stride }));

  const images = tf.input({ shape: [...inputShape] });
  let x = conv2d('conv1', images, { filters: width, kernelSize: 7, stride: 2 });
  x = relu(batchNorm('bn1', x));
  // Padding with zeros is padding with −∞ here: nothing that leaves a ReLU is below zero.
  x = through(tf.layers.zeroPadding2d({ padding: [1, 1] }), x);
  x = through(tf.layers.maxPooling2d({ poolSize: 3, strides: 2 }), x);
  for (const [index, growth] of [1, 2, 4, 8].entries()) {
    const filters = growth * width;
    x = basicBlock(`layer${index + 1}.0`, x, filters, index === 0 ? 1 : 2);
    x = basicBlock(`layer${index + 1}.1`, x, filters, 1);
  }
  return tf.model({ inputs: images, outputs: linear('fc', globalAveragePool(x), classes), name: 'resnet18' });
}
