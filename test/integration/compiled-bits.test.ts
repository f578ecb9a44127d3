/**
 * The first call of a compiled function records it, later ones only run what TensorFlow has made of the record. All must
 * give the same bits: a run that is resumed compiles its step anew, and has to end as one that was never interrupted.
 */
import { autocast, batchNorm, compile, gelu, mish, swish, tf } from '@loopwright/tensorflow';
import { describe, expect, it } from 'vitest';

const normal = (shape: number[], seed: number) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const x = tf.variable(normal([64, 96], 1));
const [y, z] = [normal([64, 96], 2), normal([64, 96], 3)];
const positive = tf.variable(tf.tidy(() => tf.add(tf.abs(normal([64, 96], 4)), 0.01)));
const weights = tf.variable(normal([96, 96], 5)) as tf.Variable<tf.Rank.R2>;
const bias = tf.variable(normal([96], 6));
const image = tf.variable(normal([8, 16, 16, 8], 7)) as tf.Variable<tf.Rank.R4>;
const kernel = tf.variable(normal([3, 3, 8, 16], 8)) as tf.Variable<tf.Rank.R4>;
const depthwise = tf.variable(normal([3, 3, 8, 2], 9)) as tf.Variable<tf.Rank.R4>;
const channels = tf.variable(normal([16], 10));
const labels = tf.tensor1d(
  Array.from({ length: 64 }, (_, i) => i),
  'int32',
);

const convolve = () => tf.conv2d(image, kernel, 1, 'same');
const dense = () => tf.add(tf.matMul(x as tf.Variable<tf.Rank.R2>, weights), bias);
const normalizeRows = (t: tf.Tensor) => {
  const { mean, variance } = tf.moments(t, 1, true);
  return tf.div(tf.sub(t, mean), tf.sqrt(tf.add(variance, 1e-5)));
};
const attend = (t: tf.Tensor) => {
  const q = tf.reshape(t, [4, 16, 96]);
  return tf.matMul(tf.softmax(tf.mul(tf.matMul(q, q, false, true), 0.1)), q);
};

/** What TensorFlow's optimizations rewrite or fuse, or computes by oneDNN: a function, and what it is differentiated by. */
const registry: Record<string, readonly [fn: () => tf.Tensor, ...by: tf.Variable[]]> = {
  softmax: [() => tf.softmax(x), x],
  'log softmax': [() => tf.logSoftmax(x), x],
  'log sum exp': [() => tf.logSumExp(x, 1), x],
  'cross-entropy': [() => tf.losses.softmaxCrossEntropy(tf.oneHot(labels, 96), x), x],
  attention: [() => attend(x), x],
  'layer normalization': [() => tf.add(tf.mul(normalizeRows(x), bias), bias), x, bias],
  'matrix product, bias, ReLU': [() => tf.relu(dense()), weights, bias],
  'matrix product, bias, GELU': [() => gelu(dense()), weights, bias],
  'matrix product, bias, sum': [() => tf.add(dense(), y), weights, bias],
  'scaled matrix product': [() => tf.matMul(tf.mul(x, 0.3) as tf.Tensor2D, weights), x, weights],
  'fused dense': [
    () => tf.fused.matMul({ a: x as tf.Variable<tf.Rank.R2>, b: weights, bias, activation: 'relu' }),
    weights,
    bias,
  ],
  'convolution, bias, ReLU': [() => tf.relu(tf.add(convolve(), channels)), image, kernel, channels],
  'convolution, bias, leaky ReLU': [() => tf.leakyRelu(tf.add(convolve(), channels), 0.1), kernel],
  'fused convolution': [
    () =>
      tf.fused.conv2d({
        x: image,
        filter: kernel,
        strides: 1,
        pad: 'same',
        bias: channels as never,
        activation: 'relu6',
      }),
    kernel,
  ],
  'scaled convolution': [
    () => tf.conv2d(tf.mul(image, 0.3), tf.mul(kernel, 0.7) as tf.Tensor4D, 1, 'same'),
    image,
    kernel,
  ],
  'depthwise convolution': [() => tf.depthwiseConv2d(image, depthwise, 1, 'same'), image, depthwise],
  'convolution, batch normalization, ReLU': [
    () => tf.relu(batchNorm(convolve(), { training: true, scale: channels, offset: channels })),
    image,
    kernel,
    channels,
  ],
  'max pooling': [() => tf.maxPool(image, 3, 2, 'same'), image],
  'mean pooling': [() => tf.avgPool(image, 2, 2, 'same'), image],
  'global mean': [() => tf.mean(convolve(), [1, 2]), image, kernel],
  'bilinear resizing': [() => tf.image.resizeBilinear(image, [24, 20]), image],
  'local response normalization': [() => tf.localResponseNormalization(image), image],
  'factor of a sum': [() => tf.add(tf.mul(x, z), tf.mul(y, z)), x],
  'constant factor of a sum': [() => tf.add(tf.mul(x, 0.3), tf.mul(y, 0.3)), x],
  'divisor of a sum': [() => tf.add(tf.div(x, z), tf.div(y, z)), x],
  'sum of sums': [() => tf.add(tf.add(x, y), tf.add(z, positive)), x],
  'chain of constants': [() => tf.div(tf.mul(tf.mul(tf.add(tf.add(x, 0.1), 0.3), 0.1), 0.3), 7), x],
  'broadcast factors': [() => tf.mul(tf.mul(tf.mul(x, bias), 0.5), tf.mul(y, bias)), x, bias],
  'division by a root': [() => tf.div(x, tf.sqrt(positive)), positive],
  powers: [
    () => tf.addN([tf.pow(positive, 2), tf.pow(positive, 0.5), tf.pow(positive, -1), tf.pow(positive, 1.7)]),
    positive,
  ],
  'standard deviation': [() => tf.sqrt(tf.mean(tf.square(tf.sub(x, tf.mean(x))))), x],
  'squared norms': [
    () =>
      tf.mul(1e-4, tf.addN([tf.sum(tf.square(weights)), tf.sum(tf.square(bias)), tf.sum(tf.square(kernel))])),
    weights,
    bias,
    kernel,
  ],
  'exponentials and logarithms': [
    () => tf.sub(tf.exp(tf.mul(x, 0.5)), tf.log(tf.add(positive, 1))),
    x,
    positive,
  ],
  activations: [() => tf.addN([mish(x), swish(x), gelu(x), tf.elu(x), tf.tanh(x), tf.softplus(x)]), x],
  'sigmoid of itself': [() => tf.mul(tf.sigmoid(x), x), x],
  gather: [() => tf.gather(x, labels), x],
  'products in batches': [() => tf.matMul(tf.reshape(x, [4, 16, 96]), tf.reshape(y, [4, 96, 16])), x],
};

/** Forward, and by every variable. */
function outcome(name: string): tf.Tensor[] {
  const [fn, ...by] = registry[name] as (typeof registry)[string];
  const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(fn())) as tf.Scalar, by);
  return [fn(), value, ...Object.values(grads)];
}

describe.each(['float32', 'bfloat16'] as const)('compiled in %s', (dtype) => {
  it.each(Object.keys(registry))('%s has the bits of its first call', (name) => {
    const asked = () => outcome(name);
    const compiled = compile(dtype === 'bfloat16' ? autocast(asked, { dtype, force: true }) : asked);
    const [first, second, third] = [1, 2, 3].map(() => {
      const results = compiled();
      const values = results.map((result) => result.dataSync().slice());
      tf.dispose(results);
      return values;
    });
    compiled.dispose();
    expect(second).toEqual(first);
    expect(third).toEqual(first);
  });
});
