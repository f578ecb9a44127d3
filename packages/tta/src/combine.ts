import { checker, show } from '@loopwright/core';
import { tidy } from '@tensorflow/tfjs-core';
import { type View, weightOf } from './view.ts';

/**
 * A view that applies others one after the other, and inverts them in reverse order if all can be inverted. Weights multiply.
 *
 * @throws LoopwrightError if there are no views
 * @example
 * compose(views.translate(1, 1), views.horizontalFlip).name; // 'translate(1, 1) + horizontalFlip'
 */
export function compose(...steps: readonly View[]): View {
  if (steps.length === 0) checker('tta', 'compose').fail('needs at least one view, got none');
  const inverses = steps.map((step) => step.invert).reverse();
  return {
    name: steps.map((step) => step.name).join(' + '),
    apply: (images) => tidy(() => steps.reduce((transformed, step) => step.apply(transformed), images)),
    ...(inverses.every((invert) => invert !== undefined) && {
      invert: (outputs) => tidy(() => inverses.reduce((restored, invert) => invert(restored), outputs)),
    }),
    weight: steps.reduce((product, step) => product * weightOf(step), 1),
  };
}

/**
 * Every combination of one view from each list, composed in the order of the lists; the last list varies fastest.
 *
 * @throws LoopwrightError if there are no lists, or one of them is empty
 * @example
 * const combined = product([views.identity, views.horizontalFlip], [views.identity, views.rotate90(1)]);
 * combined.length; // 4
 */
export function product(...lists: readonly (readonly View[])[]): View[] {
  if (lists.length === 0 || lists.some((list) => list.length === 0)) {
    checker('tta', 'product').fail(
      `needs lists of at least one view, got ${show(lists.map((list) => list.length))}`,
    );
  }
  const combinations = lists.reduce<View[][]>(
    (chosen, list) => chosen.flatMap((steps) => list.map((view) => [...steps, view])),
    [[]],
  );
  return combinations.map((steps) => compose(...steps));
}

/**
 * A view that counts more or less in a merge. Only ratios matter to means; a sum is weighted as it stands.
 *
 * @param weight above 0; it multiplies the weight that the view has
 * @throws LoopwrightError if the weight is not above 0
 * @example
 * const mostlyPlain = [weighted(views.identity, 2), views.horizontalFlip];
 */
export function weighted(view: View, weight: number): View {
  checker('tta', 'weighted').number('weight', weight, { above: 0 });
  return { ...view, weight: weight * weightOf(view) };
}
