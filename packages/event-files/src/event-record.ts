import type { Hparams } from './hparams.ts';

/** A range of values, both ends included, and how many lie in it. Counts of other writers may be fractions. */
export interface HistogramBucket {
  readonly left: number;
  readonly right: number;
  readonly count: number;
}

/** Strings under one tag; TensorBoard shows them as Markdown, and as a table if there is more than one. */
export interface TextValue {
  readonly strings: readonly string[];
  /** `[]` for a single string, `[n]` for a list and `[rows, columns]` for a table, whose rows follow one another. */
  readonly shape: readonly number[];
}

/** Pictures of one size under one tag. */
export interface ImageValue {
  readonly width: number;
  readonly height: number;
  /** Each an encoded file, in most cases a PNG; other writers put JPEG and GIF here, too. */
  readonly images: readonly Uint8Array[];
}

/** What a tag has at one moment. */
export type SummaryValue =
  | { readonly kind: 'scalar'; readonly tag: string; readonly value: number }
  | { readonly kind: 'histogram'; readonly tag: string; readonly value: readonly HistogramBucket[] }
  | { readonly kind: 'image'; readonly tag: string; readonly value: ImageValue }
  | { readonly kind: 'text'; readonly tag: string; readonly value: TextValue }
  | { readonly kind: 'hparams'; readonly tag: string; readonly value: Hparams };

/** When something was written, and where in the training. */
export interface Moment {
  readonly step: number;
  /** Seconds since 1970; a fraction says the rest. */
  readonly wallTime: number;
}

/**
 * What a file says, one value at a time.
 *
 * - `version` opens a file.
 * - `start` opens a session. What earlier files of the folder have at this `step` and after it is run again, and void.
 * - `other` is a value that belongs to a plugin of TensorBoard which is not known here (audio, graphs, meshes …).
 */
export type EventRecord = Moment &
  (
    | SummaryValue
    | { readonly kind: 'version'; readonly value: string }
    | { readonly kind: 'start' }
    | { readonly kind: 'other'; readonly tag: string; readonly plugin: string }
  );
