import type { Filter } from './filters.ts';

/** Weights are integers of this many fractional bits, so that 255 times their sum stays below 2^31 (Pillow's choice). */
const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

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

/** Bytes of rows, each `stride` bytes after the one before. */
export interface Rows {
  readonly data: Uint8Array;
  /** Of the first byte of the first row. */
  readonly offset: number;
  readonly stride: number;
  readonly count: number;
}

/** Resamples each row; the target's rows follow one another without a gap. */
export function resampleRows(source: Rows, channels: number, taps: Taps, target: Uint8ClampedArray): void {
  const width = taps.starts.length * channels;
  for (let row = 0; row < source.count; row++) {
    const line = source.offset + row * source.stride;
    if (channels !== 3) resampleRow(source.data, line, channels, taps, target, row * width);
    else if (taps.count === 2) blendTwoColours(source.data, line, taps, target, row * width);
    else blendColours(source.data, line, taps, target, row * width);
  }
}

/** A row of an image with three channels that grows: two neighbours make up each pixel. */
function blendTwoColours(
  data: Uint8Array,
  line: number,
  { starts, weights }: Taps,
  target: Uint8ClampedArray,
  start: number,
): void {
  let written = start;
  for (let column = 0; column < starts.length; column++) {
    const at = line + starts[column]! * 3;
    const left = weights[2 * column]!;
    const right = weights[2 * column + 1]!;
    target[written] =
      ((HALF + Math.imul(data[at]!, left) + Math.imul(data[at + 3]!, right)) | 0) >> PRECISION;
    target[written + 1] =
      ((HALF + Math.imul(data[at + 1]!, left) + Math.imul(data[at + 4]!, right)) | 0) >> PRECISION;
    target[written + 2] =
      ((HALF + Math.imul(data[at + 2]!, left) + Math.imul(data[at + 5]!, right)) | 0) >> PRECISION;
    written += 3;
  }
}

/** A row of an image with three channels. */
function blendColours(
  data: Uint8Array,
  line: number,
  { count, starts, weights }: Taps,
  target: Uint8ClampedArray,
  start: number,
): void {
  let written = start;
  let weight = 0;
  for (let column = 0; column < starts.length; column++) {
    let at = line + starts[column]! * 3;
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    for (const end = weight + count; weight < end; weight++) {
      const factor = weights[weight]!;
      red = (red + Math.imul(data[at]!, factor)) | 0;
      green = (green + Math.imul(data[at + 1]!, factor)) | 0;
      blue = (blue + Math.imul(data[at + 2]!, factor)) | 0;
      at += 3;
    }
    target[written] = red >> PRECISION;
    target[written + 1] = green >> PRECISION;
    target[written + 2] = blue >> PRECISION;
    written += 3;
  }
}

/** A row of any number of channels. */
function resampleRow(
  data: Uint8Array,
  line: number,
  channels: number,
  { count, starts, weights }: Taps,
  target: Uint8ClampedArray,
  start: number,
): void {
  let written = start;
  for (let column = 0; column < starts.length; column++) {
    for (let channel = 0; channel < channels; channel++) {
      let at = line + starts[column]! * channels + channel;
      let sum = HALF;
      for (let weight = column * count; weight < (column + 1) * count; weight++) {
        sum = (sum + Math.imul(data[at]!, weights[weight]!)) | 0;
        at += channels;
      }
      target[written++] = sum >> PRECISION;
    }
  }
}

/** Resamples each column of rows; the target's rows follow one another without a gap. */
export function resampleColumns(source: Rows, width: number, taps: Taps, target: Uint8ClampedArray): void {
  const blend = taps.count === 2 ? blendTwoRows : blendRows;
  for (let row = 0; row < taps.starts.length; row++) blend(source, width, taps, row, target);
}

function blendTwoRows(
  { data, offset, stride }: Rows,
  width: number,
  { starts, weights }: Taps,
  row: number,
  target: Uint8ClampedArray,
): void {
  const upper = weights[2 * row]!;
  const lower = weights[2 * row + 1]!;
  const above = offset + starts[row]! * stride;
  const below = above + stride;
  const line = row * width;
  for (let i = 0; i < width; i++) {
    target[line + i] =
      ((HALF + Math.imul(data[above + i]!, upper) + Math.imul(data[below + i]!, lower)) | 0) >> PRECISION;
  }
}

function blendRows(
  { data, offset, stride }: Rows,
  width: number,
  { count, starts, weights }: Taps,
  row: number,
  target: Uint8ClampedArray,
): void {
  const first = offset + starts[row]! * stride;
  const end = (row + 1) * count;
  const line = row * width;
  for (let i = 0; i < width; i++) {
    let sum = HALF;
    let at = first + i;
    for (let weight = row * count; weight < end; weight++) {
      sum = (sum + Math.imul(data[at]!, weights[weight]!)) | 0;
      at += stride;
    }
    target[line + i] = sum >> PRECISION;
  }
}
