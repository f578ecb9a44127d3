import type { Subset } from '../datasets/subset.ts';

/** The parts of a data set: as many as there are lengths. */
export type Parts<T, Lengths extends readonly number[]> = { -readonly [K in keyof Lengths]: Subset<T> };
