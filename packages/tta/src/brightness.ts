import { checker } from '@loopwright/core';
import { add as plus, mul as times } from '@tensorflow/tfjs-core';
import type { View } from './view.ts';

/**
 * Images with every value multiplied; outputs stay where they are.
 *
 * @throws LoopwrightError if the factor is no finite number
 * @example
 * const dimmedAndBrightened = [0.9, 1, 1.1].map(views.multiply);
 */
export function multiply(factor: number): View {
  checker('tta', 'views.multiply').number('factor', factor);
  return {
    name: `multiply(${factor})`,
    apply: (images) => times(images, factor),
    invert: (outputs) => outputs,
  };
}

/**
 * Images with a number added to every value; outputs stay where they are.
 *
 * @param value in the units of the images
 * @throws LoopwrightError if the value is no finite number
 * @example
 * const darkenedAndLightened = [-0.1, 0, 0.1].map(views.add);
 */
export function add(value: number): View {
  checker('tta', 'views.add').number('value', value);
  return {
    name: `add(${value})`,
    apply: (images) => plus(images, value),
    invert: (outputs) => outputs,
  };
}
