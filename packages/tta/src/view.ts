import type { Tensor4D } from '@tensorflow/tfjs-core';

/**
 * One way to look at a batch of images. A view is plain data: write one by hand for what is not in `views`.
 *
 * Its functions borrow what they are given and dispose what they make on the way. What they return may be the tensor they
 * were given; a new one is the caller's.
 */
export interface View {
  /** What it is called in errors. */
  readonly name: string;
  /** Transforms images of shape [batch, height, width, channels]. */
  readonly apply: (images: Tensor4D) => Tensor4D;
  /** Brings dense outputs of shape [batch, height, width, channels] back to where the untransformed images have them. */
  readonly invert?: (outputs: Tensor4D) => Tensor4D;
  /** How much its outputs count in a merge, above 0; 1 by default. */
  readonly weight?: number;
}

/** The weight of a view. */
export function weightOf(view: View): number {
  return view.weight ?? 1;
}
