import type { Image } from '../../dataset.ts';
import type { Filter } from './filters.ts';
import { resampleKernel } from './resample-kernel.ts';
import { resamplingTaps, type Taps } from './resampling-taps.ts';
import type { Box, Size } from './resize-image.ts';
import { WebAssembly } from './web-assembly.ts';

/** What assembly/resample.ts exports; addresses and lengths are bytes, but for the counts of rows, pixels and taps. */
interface Kernel {
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

const PAGE = 65_536;
/** Vectors are loaded and stored whole, and may reach so far past the data. */
const VECTOR = 16;

const memory = new WebAssembly.Memory({ initial: 1 });
let kernel: Kernel | undefined;

/**
 * Resamples the part of an image inside `box` to a size: rows first, then columns, each rounded to bytes.
 *
 * The loops are WebAssembly, since JavaScript has no vectors of integers; they give what plain loops give, bit for bit.
 */
export function resample(image: Image, box: Box, size: Size, filter: Filter): Image {
  kernel ??= loadKernel();
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
  reserve(place(0));

  const all = new Uint8Array(memory.buffer);
  all.set(data.subarray(box.top * stride, (box.top + box.height) * stride), source);
  store(columns, across);
  store(rows, down);
  const corner = source + box.left * channels;
  const { starts, weights } = columns;
  kernel.resampleRows(
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
  kernel.resampleColumns(
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

function loadKernel(): Kernel {
  const bytes = Uint8Array.from(atob(resampleKernel), (character) => character.charCodeAt(0));
  const module = new WebAssembly.Module(bytes);
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernel;
}

type Place = (bytes: number) => number;

/** Gives addresses one after another, each that of a whole vector, with room for one more behind. */
function allocator(): Place {
  let next = 0;
  return (bytes) => {
    const address = next;
    next += Math.ceil((bytes + VECTOR) / VECTOR) * VECTOR;
    return address;
  };
}

/** The addresses of taps. */
interface PlacedTaps {
  readonly starts: number;
  readonly weights: number;
}

function placeTaps(place: Place, { starts, weights }: Taps): PlacedTaps {
  return { starts: place(starts.byteLength), weights: place(weights.byteLength) };
}

function store(at: PlacedTaps, taps: Taps): void {
  new Int32Array(memory.buffer, at.starts, taps.starts.length).set(taps.starts);
  new Int32Array(memory.buffer, at.weights, taps.weights.length).set(taps.weights);
}

function reserve(bytes: number): void {
  const missing = bytes + VECTOR - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
