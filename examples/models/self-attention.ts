import { RandomStream } from '@loopwright/core';
import type { TensorFlow } from '@loopwright/tensorflow/portable';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

type LayerVariable = InstanceType<TensorFlow['LayerVariable']>;

/** What {@link selfAttention} is made of. */
export interface SelfAttentionOptions {
  readonly name: string;
  /** Of the initial weights. */
  readonly seed: number;
}

/**
 * fastai's `SimpleSelfAttention`: with x the pixels of an image, one a column, W a 1×1 convolution and γ one weight
 * that starts at 0,
 *
 *     y = x + γ · (x xᵀ) (W / σ) x
 *
 * where σ is the spectral norm of W. It is known up to one step of power iteration at each training batch, from the two
 * vectors that the layer keeps (T. Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018).
 *
 * There is no softmax and no matrix of all pairs of pixels: time is linear in their number. What is computed is
 * ((x xᵀ) W) x, whose inner product does not grow with the image at all.
 *
 * @returns a layer of images [batch, height, width, channels] to the same shape
 */
export function selfAttention(
  tf: TensorFlow,
  { name, seed }: SelfAttentionOptions,
): InstanceType<TensorFlow['layers']['Layer']> {
  const ownSeed = (weight: string) => 1 + new RandomStream(seed, `${name}/${weight}`).integer(2 ** 31 - 1);
  const randomNormal = (weight: string, stddev: number) =>
    tf.initializers.randomNormal({ mean: 0, stddev, seed: ownSeed(weight) });
  const unit = (vector: Tensor) => tf.div<Tensor1D>(vector, tf.maximum(tf.norm(vector), 1e-12));

  class SimpleSelfAttention extends tf.layers.Layer {
    static readonly className = 'SimpleSelfAttention';
    private kernel!: LayerVariable;
    private gamma!: LayerVariable;
    private left!: LayerVariable;
    private right!: LayerVariable;

    override build(inputShape: number[]): void {
      const channels = inputShape.at(-1)!;
      const kaiming = randomNormal('kernel', Math.sqrt(2 / channels));
      this.kernel = this.addWeight('kernel', [1, channels, channels], 'float32', kaiming);
      this.gamma = this.addWeight('gamma', [1], 'float32', tf.initializers.zeros());
      const direction = (weight: string) => {
        const initial = randomNormal(weight, 1 / Math.sqrt(channels));
        return this.addWeight(weight, [channels], 'float32', initial, undefined, false);
      };
      this.left = direction('left');
      this.right = direction('right');
      super.build(inputShape);
    }

    override call(inputs: Tensor | Tensor[], { training = false }: { training?: boolean }): Tensor {
      return tf.tidy(() => {
        const image = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
        const [batch, height, width, channels] = image.shape;
        const pixels = tf.reshape(image, [batch, height * width, channels]);
        const gram = tf.matMul(pixels, pixels, true, false);
        const kernel = this.normalizedKernel(training);
        const mixed = tf.matMul(tf.reshape(gram, [batch * channels, channels]), kernel, false, true);
        const attended = tf.matMul(pixels, tf.reshape(mixed, [batch, channels, channels]), false, true);
        return tf.add(image, tf.mul(this.gamma.read(), tf.reshape(attended, image.shape)));
      });
    }

    /** The kernel [in, out] over its spectral norm. The two vectors are constants to the gradient, as in PyTorch. */
    private normalizedKernel(training: boolean): Tensor2D {
      const kernel = tf.squeeze<Tensor2D>(this.kernel.read(), [0]);
      if (training) {
        this.right.write(unit(tf.dot(kernel, this.left.read())));
        this.left.write(unit(tf.dot(this.right.read(), kernel)));
      }
      const norm = tf.dot(tf.dot(this.right.read(), kernel), this.left.read());
      return tf.div(kernel, norm);
    }
  }
  return new SimpleSelfAttention({ name });
}
