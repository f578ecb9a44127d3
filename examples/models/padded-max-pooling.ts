import type { TensorFlow } from '@loopwright/tensorflow/portable';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';

/**
 * `torch.nn.MaxPool2d(3, stride=2, padding=1)`. The padding is −∞, as after Mish, which goes below zero, it has to be.
 *
 * @returns a layer of images [batch, height, width, channels] to half the height and width, rounded up
 */
export function paddedMaxPooling(tf: TensorFlow): InstanceType<TensorFlow['layers']['Layer']> {
  class PaddedMaxPooling extends tf.layers.Layer {
    static readonly className = 'PaddedMaxPooling';

    override computeOutputShape([batch, height, width, channels]: number[]): number[] {
      return [batch!, Math.ceil(height! / 2), Math.ceil(width! / 2), channels!];
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const image = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
        const padded = tf.pad4d(
          image,
          [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ],
          Number.NEGATIVE_INFINITY,
        );
        return tf.maxPool(padded, 3, 2, 'valid');
      });
    }
  }
  return new PaddedMaxPooling({});
}
