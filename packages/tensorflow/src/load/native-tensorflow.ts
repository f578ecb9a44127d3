import { loadNative, type TensorFlow } from './load-native.ts';

/**
 * TensorFlow.js on the native engine.
 *
 * @example
 * import { tf } from '@loopwright/tensorflow';
 * tf.matMul(tf.eye(2), tf.ones([2, 2])).print();
 */
export const tf: TensorFlow = loadNative();
