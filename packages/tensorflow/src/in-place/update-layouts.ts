import type { InPlaceUpdates } from '@loopwright/core/tensors';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';

/** The order in which a kernel of `native/in_place_kernels.cc` takes the fields of an update. */
export interface UpdateLayout<Update = never> {
  /** Variables that change; those that may be left out come last. */
  readonly changed: readonly (keyof Update & string)[];
  /** A tensor that is only read. */
  readonly read: readonly (keyof Update & string)[];
  readonly numbers: readonly (keyof Update & string)[];
  /** The number that says how many columns the tensor that is read has, where it is centralized. */
  readonly columns?: keyof Update & string;
}

const gradient = ['sign', 'l2', 'rate'] as const;
const moments = ['shrink', 'share1', 'decay2', 'share2'] as const;

/** All kernels. */
export const UPDATE_LAYOUTS: { readonly [K in keyof InPlaceUpdates]: UpdateLayout<InPlaceUpdates[K]> } = {
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

/** Updates as rows of a table, each in the order of its layout. */
export interface UpdateRows {
  readonly changed: readonly (Variable | undefined)[][];
  readonly read: readonly Tensor[][];
  readonly numbers: Float64Array;
  /** A number a row, or none at all. */
  readonly columns: readonly number[];
}

/** Puts updates into rows. */
export function layOut<K extends keyof InPlaceUpdates>(
  kernel: K,
  updates: readonly InPlaceUpdates[K][],
): UpdateRows {
  const { changed, read, numbers, columns }: UpdateLayout<InPlaceUpdates[K]> = UPDATE_LAYOUTS[kernel];
  type Name = keyof InPlaceUpdates[K];
  const fields = (names: readonly Name[]) => (update: InPlaceUpdates[K]) => names.map((name) => update[name]);
  return {
    changed: updates.map(fields(changed)) as UpdateRows['changed'],
    read: updates.map(fields(read)) as UpdateRows['read'],
    numbers: Float64Array.from(updates.flatMap(fields(numbers)), Number),
    columns: columns === undefined ? [] : updates.map((update) => Number(update[columns])),
  };
}
