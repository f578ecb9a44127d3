/**
 * TensorFlow.js on the native engine where it is installed, else on the pure JavaScript backend.
 * @packageDocumentation
 */
export { engine, tf } from './load/portable-engine.ts';
