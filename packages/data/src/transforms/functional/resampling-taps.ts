import type { Filter } from './filters.ts';

/** Weights are integers of this many fractional bits, so that 255 times their sum stays below 2^31 (Pillow's choice). */
const PRECISION = 22;

/** Which source pixels make up each target pixel of one axis, and with which fixed-point weights. */
export interface Taps {
  /** How many source pixels each target pixel takes. */
  readonly count: number;
  /** The first of them. */
  readonly starts: Int32Array;
  /** Their weights, `count` for each target pixel. */
  readonly weights: Int32Array;
}

/**
 * The weights that map `from` pixels to `to`. When the axis shrinks, the filter widens with it, which is what keeps
 * small images free of aliasing; when it grows, the filter keeps its own width.
 *
 * Follows Pillow's `precompute_coeffs` (libImaging/Resample.c), rounding of the weights included. All pixels get equally
 * many taps, those past the filter with weight zero: loops of a fixed length are the fast ones.
 */
export function resamplingTaps(from: number, to: number, filter: Filter): Taps {
  const scale = from / to;
  const widening = Math.max(1, scale);
  const support = filter.support * widening;
  const count = Math.min(from, Math.ceil(2 * support));
  const starts = new Int32Array(to);
  const weights = new Int32Array(to * count);
  for (let target = 0; target < to; target++) {
    const centre = (target + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const start = Math.min(first, from - count);
    let sum = 0;
    for (let source = first; source < end; source++) sum += filter.weight((source - centre + 0.5) / widening);
    for (let source = first; source < end; source++) {
      const scaled = (filter.weight((source - centre + 0.5) / widening) / sum) * (1 << PRECISION);
      weights[target * count + source - start] = Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    }
    starts[target] = start;
  }
  return { count, starts, weights };
}
