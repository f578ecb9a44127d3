import type { TensorValue } from '@loopwright/core';
import type { Variable } from '@tensorflow/tfjs-core';
import type { DataTypeNumber } from '../native/data-types.ts';
import type { Segment } from './segment.ts';

/** Where a value comes from when a program runs. */
export type Origin =
  /** One of the call's tensors. */
  | { readonly kind: 'argument'; readonly index: number }
  /** What a variable holds when the segment starts that reads it. */
  | { readonly kind: 'variable'; readonly variable: Variable; readonly segment: Segment }
  /** A tensor that existed before; the program keeps an id of its own for it. */
  | { readonly kind: 'captured'; readonly id: number }
  /** Values that the function itself brought in, the same at each call. */
  | { readonly kind: 'constant'; readonly values: ArrayBufferView }
  /** Values that the host computes at each call. */
  | { readonly kind: 'host'; readonly read: () => TensorValue }
  /** What an op of a segment returned; `output` is `node:index`. */
  | { readonly kind: 'computed'; readonly segment: Segment; readonly output: string };

/** A tensor of a recorded function: not its elements, but where they come from. */
export interface TracedValue {
  readonly dtype: DataTypeNumber;
  readonly shape: readonly number[];
  readonly origin: Origin;
}
