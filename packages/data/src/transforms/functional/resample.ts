import type { Image } from '../../dataset.ts';
import { allocator, type LoadedKernel, loadKernel, type Place, reserve } from '../../web-assembly.ts';
import type { Filter } from './filters.ts';
import { resampleKernel } from './resample-kernel.ts';
import { resamplingTaps, type Taps } from './resampling-taps.ts';
import type { Box, Size } from './resize-image.ts';

/** What assembly/resample.ts exports; addresses and lengths are bytes, but for the counts of rows, pixels and taps. */
interface Resampling {
  resampleRows(
    source: number,
    stride: number,
    rows: number,
    channels: number,
    starts: number,
    weights: number,
    taps: number,
    width: number,
    target: number,
  ): void;
  resampleColumns(
    source: number,
    stride: number,
    starts: number,
    weights: number,
    taps: number,
    rows: number,
    width: number,
    target: number,
  ): void;
}

let kernel: LoadedKernel<Resampling> | undefined;

/**
 * Resamples the part of an image inside `box` to a size: rows first, then columns, each rounded to bytes.
 *
 * The loops are WebAssembly, since JavaScript has no vectors of integers; they give what plain loops give, bit for bit.
 */
export function resample(image: Image, box: Box, size: Size, filter: Filter): Image {
  kernel ??= loadKernel<Resampling>(resampleKernel);
  const { functions, memory } = kernel;
  const { data, width, channels } = image;
  const stride = width * channels;
  const across = resamplingTaps(box.width, size.width, filter);
  const down = resamplingTaps(box.height, size.height, filter);
  const narrowed = size.width * channels;
  const bytes = size.height * narrowed;

  const place = allocator();
  const source = place(box.height * stride);
  const [columns, rows] = [placeTaps(place, across), placeTaps(place, down)];
  const middle = place(box.height * narrowed);
  const target = place(bytes);
  reserve(memory, place(0));

  const all = new Uint8Array(memory.buffer);
  all.set(data.subarray(box.top * stride, (box.top + box.height) * stride), source);
  store(memory.buffer, columns, across);
  store(memory.buffer, rows, down);
  const corner = source + box.left * channels;
  const { starts, weights } = columns;
  functions.resampleRows(
    corner,
    stride,
    box.height,
    channels,
    starts,
    weights,
    across.count,
    size.width,
    middle,
  );
  functions.resampleColumns(
    middle,
    narrowed,
    rows.starts,
    rows.weights,
    down.count,
    size.height,
    narrowed,
    target,
  );
  return { data: all.slice(target, target + bytes), ...size, channels };
}

/** The addresses of taps. */
interface PlacedTaps {
  readonly starts: number;
  readonly weights: number;
}

function placeTaps(place: Place, { starts, weights }: Taps): PlacedTaps {
  return { starts: place(starts.byteLength), weights: place(weights.byteLength) };
}

function store(memory: ArrayBuffer, at: PlacedTaps, taps: Taps): void {
  new Int32Array(memory, at.starts, taps.starts.length).set(taps.starts);
  new Int32Array(memory, at.weights, taps.weights.length).set(taps.weights);
}
