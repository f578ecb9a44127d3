import type { InPlaceUpdates } from '@loopwright/core/tensors';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** The order in which a kernel of `native/in_place_kernels.cc` takes the fields of an update. */
export interface UpdateLayout<Field extends string = string> {
  /** Variables that change; those that may be left out come last. */
  readonly changed: readonly Field[];
  /** A tensor that is only read. */
  readonly read: readonly Field[];
  readonly numbers: readonly Field[];
  /** The number that says how many columns the tensor that is read has, where it is centralized. */
  readonly columns?: Field;
}

/** Any kernel's update. */
export type UpdateRecord = Readonly<Record<string, Variable | Tensor | number | boolean | undefined>>;

const gradient = ['sign', 'l2', 'rate'] as const;
const moments = ['shrink', 'share1', 'decay2', 'share2'] as const;

/** All kernels. */
export const UPDATE_LAYOUTS: {
  readonly [K in keyof InPlaceUpdates]: UpdateLayout<keyof InPlaceUpdates[K] & string>;
} = {
  sgd: {
    changed: ['parameter', 'momentumBuffer'],
    read: ['gradient'],
    numbers: [...gradient, 'momentum', 'share', 'nesterov'],
  },
  adam: {
    changed: ['parameter', 'firstMoment', 'secondMoment', 'maxSecondMoment'],
    read: ['gradient'],
    numbers: [...gradient, ...moments, 'epsilon'],
  },
  rAdam: {
    changed: ['parameter', 'firstMoment', 'secondMoment'],
    read: ['gradient'],
    numbers: [...gradient, ...moments, 'epsilon', 'rectified'],
    columns: 'centralizedColumns',
  },
  rmsProp: {
    changed: ['parameter', 'squareAverage', 'gradientAverage', 'momentumBuffer'],
    read: ['gradient'],
    numbers: [...gradient, 'decay', 'share', 'epsilon', 'momentum'],
  },
  interpolate: { changed: ['average'], read: ['value'], numbers: ['weight'] },
  synchronize: { changed: ['slow', 'fast'], read: [], numbers: ['weight'] },
  accumulate: { changed: ['sum'], read: ['term'], numbers: ['weight'] },
  scale: { changed: ['value'], read: [], numbers: ['factor'] },
};

/**
 * The numbers of updates, row after row in the order of their layout.
 *
 * @param updates all of the layout's kernel
 */
export function numbersOf(layout: UpdateLayout, updates: readonly UpdateRecord[]): Float64Array {
  const { numbers } = layout;
  const rows = new Float64Array(updates.length * numbers.length);
  let next = 0;
  for (const update of updates) for (const name of numbers) rows[next++] = Number(update[name]);
  return rows;
}

/** How many columns the tensor that is read has in each update, where it is centralized; nothing for other kernels. */
export function columnsOf({ columns }: UpdateLayout, updates: readonly UpdateRecord[]): number[] {
  return columns === undefined ? [] : updates.map((update) => update[columns] as number);
}
