import { RandomStream } from '@loopwright/core';
import type { TensorFlow } from '@loopwright/tensorflow/portable';
import type { Fans, InitialWeights, Spread } from './torch-initial-weights.ts';

/** The output of a layer while a functional model is being built. */
export type Symbolic = InstanceType<TensorFlow['SymbolicTensor']>;

type Layer = InstanceType<TensorFlow['layers']['Layer']>;

/** How a model's weights start. */
export interface TorchLayersOptions {
  /** An integer. Every weight is drawn from a stream of its own, derived from the seed and the weight's name. */
  readonly seed: number;
  readonly convolution: InitialWeights;
  readonly linear: InitialWeights;
}

/** Those of `torch.nn.Conv2d`. Kernels have odd sides, and the padding is half of one, rounded down. */
export interface ConvolutionOptions {
  readonly filters: number;
  readonly kernelSize: number;
  readonly stride?: number;
  readonly bias?: boolean;
}

/**
 * Layers of `tf.layers` that compute what PyTorch's do, for models built as functions of symbolic tensors. Layers with
 * weights come first with their name, which is best the name that they have in PyTorch's state dict.
 *
 * @example
 * const { conv2d, batchNorm, relu, linear } = torchLayers(tf, { seed, convolution: kaimingNormal, linear: torchDefault });
 * const image = tf.input({ shape: [32, 32, 3] });
 * const features = relu(batchNorm('bn1', conv2d('conv1', image, { filters: 64, kernelSize: 3, stride: 2 })));
 */
export function torchLayers(tf: TensorFlow, initial: TorchLayersOptions) {
  const through = (layer: Layer, ...inputs: Symbolic[]) =>
    layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Symbolic;

  const drawnFrom = (name: string, spread: Spread) => {
    // From 1 on, because TensorFlow.js takes the seed 0 for none.
    const ownSeed = 1 + new RandomStream(initial.seed, name).integer(2 ** 31 - 1);
    return 'stddev' in spread
      ? tf.initializers.randomNormal({ mean: 0, stddev: spread.stddev, seed: ownSeed })
      : tf.initializers.randomUniform({ minval: -spread.bound, maxval: spread.bound, seed: ownSeed });
  };

  const initializers = (name: string, { kernel, bias }: InitialWeights, fans: Fans) => ({
    kernelInitializer: drawnFrom(`${name}/kernel`, kernel(fans)),
    biasInitializer: bias ? drawnFrom(`${name}/bias`, bias(fans)) : tf.initializers.zeros(),
  });

  return {
    /** `torch.nn.Conv2d(…, padding=kernelSize // 2)`. */
    conv2d(name: string, input: Symbolic, options: ConvolutionOptions): Symbolic {
      const { filters, kernelSize, stride = 1, bias = false } = options;
      const taps = kernelSize ** 2;
      const fans = { fanIn: taps * channelsOf(input), fanOut: taps * filters };
      // With a stride TensorFlow's "same" pads more after the image than before it, where PyTorch pads both alike.
      const padding = (kernelSize - 1) / 2;
      const same = stride === 1 || padding === 0;
      const padded = same ? input : through(tf.layers.zeroPadding2d({ padding: [padding, padding] }), input);
      const layer = tf.layers.conv2d({
        name,
        filters,
        kernelSize,
        strides: stride,
        padding: same ? 'same' : 'valid',
        useBias: bias,
        ...initializers(name, initial.convolution, fans),
      });
      return through(layer, padded);
    },

    /** `torch.nn.BatchNorm2d`; `scale` is what its weight starts at. */
    batchNorm(name: string, input: Symbolic, { scale = 1 }: { readonly scale?: number } = {}): Symbolic {
      const gammaInitializer = tf.initializers.constant({ value: scale });
      // The share of the old statistics that is kept; PyTorch's momentum, 0.1, is the share of the new.
      return through(
        tf.layers.batchNormalization({ name, momentum: 0.9, epsilon: 1e-5, gammaInitializer }),
        input,
      );
    },

    /** `torch.nn.Linear`. */
    linear(name: string, input: Symbolic, units: number): Symbolic {
      const fans = { fanIn: channelsOf(input), fanOut: units };
      return through(tf.layers.dense({ name, units, ...initializers(name, initial.linear, fans) }), input);
    },

    /** `torch.nn.ReLU`. */
    relu: (input: Symbolic) => through(tf.layers.reLU(), input),

    /** `torch.nn.Mish`: x · tanh(softplus(x)). */
    mish: (input: Symbolic) => through(tf.layers.activation({ activation: 'mish' }), input),

    /** `torch.nn.MaxPool2d(2)`. */
    maxPool: (input: Symbolic) => through(tf.layers.maxPooling2d({ poolSize: 2 }), input),

    /** `torch.nn.Dropout`. TensorFlow.js repeats the mask of a seeded dropout at every step, so it has no seed. */
    dropout: (input: Symbolic, rate: number) => through(tf.layers.dropout({ rate }), input),

    /** The mean over height and width: `torch.nn.AdaptiveAvgPool2d(1)` and `torch.nn.Flatten`. */
    globalAveragePool: (input: Symbolic) => through(tf.layers.globalAveragePooling2d({}), input),

    /** `torch.nn.Flatten`, but in the order height, width, channels. */
    flatten: (input: Symbolic) => through(tf.layers.flatten(), input),

    /** The sum of two outputs of the same shape. */
    add: (left: Symbolic, right: Symbolic) => through(tf.layers.add(), left, right),

    /** Any other layer. */
    through,
  };
}

function channelsOf(input: Symbolic): number {
  return input.shape.at(-1)!;
}
