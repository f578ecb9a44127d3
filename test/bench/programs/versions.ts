/**
 * Prints the versions of Node, TensorFlow.js and TensorFlow as one line of JSON, after a small convolution: with
 * `ONEDNN_VERBOSE=1` oneDNN says its own version as soon as it has something to compute.
 * @packageDocumentation
 */
import { tf } from '@loopwright/tensorflow';

const [image, filter]: [tf.Tensor4D, tf.Tensor4D] = [tf.ones([1, 8, 8, 8]), tf.ones([3, 3, 8, 8])];
tf.conv2d(image, filter, 1, 'same').dataSync();

const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
const versions = {
  node: process.versions.node,
  tfjs: tf.version['tfjs-core'],
  TensorFlow: binding.TF_Version,
};
console.log(JSON.stringify(versions));
