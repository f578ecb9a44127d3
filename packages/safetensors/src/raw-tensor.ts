import type { Dtype } from './dtype.ts';

/** A tensor as it stands in a file: its exact bytes, little-endian and in row-major order. */
export interface RawTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Text by name, stored beside the tensors. */
export type Metadata = Readonly<Record<string, string>>;

/** What a file holds, as exact bytes. */
export interface RawContents {
  readonly tensors: Record<string, RawTensor>;
  readonly metadata: Record<string, string>;
}
