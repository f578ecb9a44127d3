import { serialization } from '@tensorflow/tfjs-core';

/** The parts of tf.layers that are replaced: a method of a class, found by the name under which it is saved. */
export type LayerMethods<K extends string> = Record<K, (this: never, ...args: never[]) => unknown>;

/**
 * The prototype of a layer or activation of tf.layers, by the name under which it is saved; undefined if tf.layers is
 * not loaded or has no such class.
 */
export function layerPrototype<M extends object>(className: string): M | undefined {
  const known = serialization.SerializationMap.getMap().classNameMap[className];
  return known?.[0].prototype as M | undefined;
}
