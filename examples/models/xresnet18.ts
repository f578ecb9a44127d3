import type { TensorFlow } from '@loopwright/tensorflow/portable';
import { paddedMaxPooling } from './padded-max-pooling.ts';
import { selfAttention } from './self-attention.ts';
import { kaimingNormal } from './torch-initial-weights.ts';
import { type Symbolic, torchLayers } from './torch-layers.ts';

/** What {@link xresnet18} is made of. */
export interface XResNet18Options {
  /** Height, width and channels of an image. */
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Filters of the first stage, doubled from each to the next; 64 by default. */
  readonly width?: number;
  /** Whether the first stage ends with self-attention; false by default. */
  readonly selfAttention?: boolean;
  /** `'relu'` by default. */
  readonly activation?: 'relu' | 'mish';
  /** Of the initial weights, which are fastai's. */
  readonly seed: number;
}

/**
 * fastai's xresnet18 in the form of D. Page's Imagenette experiments: a ResNet-18 with a stem of three 3×3 convolutions
 * (32, 64 and 64 filters), shortcuts that are pooled before they are projected, and blocks that start as the identity.
 * For 10 classes 11,228,586 weights train, and 4,097 more with self-attention.
 *
 * Follows T. He et al., "Bag of Tricks for Image Classification with Convolutional Neural Networks" (2018), and
 * `utils.py` of davidcpage/Imagenette-experiments.
 *
 * @returns a model of images [batch, height, width, channels] to logits [batch, classes], which the caller disposes
 */
export function xresnet18(
  tf: TensorFlow,
  {
    inputShape,
    classes,
    width = 64,
    selfAttention: attends = false,
    activation = 'relu',
    seed,
  }: XResNet18Options,
): InstanceType<TensorFlow['LayersModel']> {
  const layers = torchLayers(tf, { seed, convolution: kaimingNormal, linear: kaimingNormal });
  const { conv2d, batchNorm, add, globalAveragePool, linear, through } = layers;
  const activate = layers[activation];

  const convNorm = (
    name: string,
    input: Symbolic,
    filters: number,
    { kernelSize = 3, stride = 1, scale = 1 } = {},
  ) => batchNorm(`${name}.bn`, conv2d(`${name}.conv`, input, { filters, kernelSize, stride }), { scale });

  const shortcut = (name: string, input: Symbolic, filters: number) => {
    // Where a side is odd, a window at its end has fewer pixels, and the mean is of those: PyTorch's `ceil_mode`.
    const pooled = through(tf.layers.averagePooling2d({ poolSize: 2, padding: 'same' }), input);
    return convNorm(name, pooled, filters, { kernelSize: 1 });
  };

  const block = (name: string, input: Symbolic, filters: number, stride: number, attention: boolean) => {
    let x = activate(convNorm(`${name}.conv1`, input, filters, { stride }));
    x = convNorm(`${name}.conv2`, x, filters, { scale: 0 });
    if (attention) x = through(selfAttention(tf, { name: `${name}.attention`, seed }), x);
    return activate(add(x, stride === 1 ? input : shortcut(`${name}.shortcut`, input, filters)));
  };

  const images = tf.input({ shape: [...inputShape] });
  let x = activate(convNorm('stem.0', images, width / 2, { stride: 2 }));
  x = activate(convNorm('stem.1', x, width));
  x = activate(convNorm('stem.2', x, width));
  x = through(paddedMaxPooling(tf), x);
  for (const [index, growth] of [1, 2, 4, 8].entries()) {
    const filters = growth * width;
    x = block(`layer${index + 1}.0`, x, filters, index === 0 ? 1 : 2, false);
    x = block(`layer${index + 1}.1`, x, filters, 1, attends && index === 0);
  }
  return tf.model({
    inputs: images,
    outputs: linear('fc', globalAveragePool(x), classes),
    name: 'xresnet18',
  });
}
