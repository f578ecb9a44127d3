import { hostEffect } from '@loopwright/core/tensors';
import { Tensor } from '@tensorflow/tfjs-core';

/**
 * Works on values of which some are tensors. In a compiled function it is done at each call, with that call's tensors in
 * the places of the first one's.
 *
 * @param values tensors among them are borrowed
 */
export function effectOn<Values extends readonly unknown[]>(
  values: Values,
  effect: (values: Values) => void,
): void {
  const tensors = values.filter((value) => value instanceof Tensor);
  hostEffect(tensors, (current) => {
    const remaining = [...current];
    effect(values.map((value) => (value instanceof Tensor ? remaining.shift() : value)) as never);
  });
}
