/**
 * TensorFlow.js on the native engine where it is installed, else on the pure JavaScript backend.
 *
 * @example
 * import { engine, tf } from '@loopwright/tensorflow/portable';
 * const examples = engine === 'tensorflow' ? 60_000 : 1_000;
 * tf.ones([2, 2]).print();
 * @packageDocumentation
 */
import './load/portable-engine.ts';

export * as tf from '@tensorflow/tfjs';
export { engine, type PortableTensorFlow as TensorFlow } from './load/portable-engine.ts';
