import type { ConvolutionCall } from './calls.ts';
import { axesOf, lengthOf, positions, type Span, windowAt } from './geometry.ts';
import type { NativeOps, NativeTensor } from './native-ops.ts';

/** What one output position sees of an image, without the zeros of the padding. */
export interface Window {
  /** The output position. */
  readonly row: number;
  readonly column: number;
  readonly rows: Span;
  readonly columns: Span;
}

/** The windows of all output positions, in the order in which they lie in memory. */
export function windowsOf(call: ConvolutionCall): Window[] {
  const [vertical, horizontal] = axesOf(call);
  return positions(vertical).flatMap((row) =>
    positions(horizontal).map((column) => ({
      row,
      column,
      rows: windowAt(vertical, row),
      columns: windowAt(horizontal, column),
    })),
  );
}

/** How many pixels a window sees. */
export function areaOf({ rows, columns }: Window): number {
  return lengthOf(rows) * lengthOf(columns);
}

/** Whether every window sees the whole image. */
export function seeAll(call: ConvolutionCall, windows: readonly Window[]): boolean {
  const [, height, width] = call.input;
  return windows.every((window) => areaOf(window) === height * width);
}

/** What a window sees: [batch, pixels · input channels]. */
export function pixelsOf(
  ops: NativeOps,
  call: ConvolutionCall,
  window: Window,
  images: NativeTensor,
): NativeTensor {
  const [batch, , , inputs] = call.input;
  const begin = [0, window.rows.start, window.columns.start, 0];
  const size = [batch, lengthOf(window.rows), lengthOf(window.columns), inputs];
  return ops.reshape(ops.slice(images, begin, size), [batch, areaOf(window) * inputs]);
}

/** The taps that a window's pixels meet: [pixels · input channels, output channels]. */
export function tapsOf(
  ops: NativeOps,
  call: ConvolutionCall,
  window: Window,
  filter: NativeTensor,
): NativeTensor {
  const [, , inputs, outputs] = call.filter;
  const begin = [window.rows.firstTap, window.columns.firstTap, 0, 0];
  const size = [lengthOf(window.rows), lengthOf(window.columns), inputs, outputs];
  return ops.reshape(ops.slice(filter, begin, size), [areaOf(window) * inputs, outputs]);
}

/** The output's gradient at a window's position: [batch, output channels]. */
export function gradientAt(
  ops: NativeOps,
  call: ConvolutionCall,
  { row, column }: Window,
  gradient: NativeTensor,
): NativeTensor {
  const [batch, , , outputs] = call.output;
  return ops.reshape(ops.slice(gradient, [0, row, column, 0], [batch, 1, 1, outputs]), [batch, outputs]);
}

/**
 * The filter's gradient from what the windows give.
 *
 * @param blockOf what a window gives for the pixel at this index among those that it sees: as many elements as a tap
 */
export function addUpTaps(
  ops: NativeOps,
  call: ConvolutionCall,
  windows: readonly Window[],
  blockOf: (window: Window, pixel: number) => NativeTensor,
): NativeTensor {
  const [height, width, inputs, outputs] = call.filter;
  const sums = Array.from({ length: height * width }, (_, tap) => {
    const row = Math.floor(tap / width);
    const column = tap % width;
    const blocks = windows
      .filter(({ rows, columns }) => meets(rows, row) && meets(columns, column))
      .map((window) => {
        const { rows, columns } = window;
        const pixel = (row - rows.firstTap) * lengthOf(columns) + column - columns.firstTap;
        return ops.reshape(blockOf(window, pixel), [inputs, outputs]);
      });
    return blocks.length === 0 ? undefined : ops.sum(blocks);
  });
  return ops.reshape(ops.concat(zerosFor(ops, sums), 0), call.filter);
}

/** Puts zeros in the place of what is missing. */
export function zerosFor(ops: NativeOps, parts: readonly (NativeTensor | undefined)[]): NativeTensor[] {
  const some = parts.find((part) => part !== undefined);
  if (some === undefined) throw new Error('there is nothing to take the shape of zeros from');
  const zeros = parts.includes(undefined) ? ops.zerosLike(some) : some;
  return parts.map((part) => part ?? zeros);
}

function meets({ firstTap, endTap }: Span, tap: number): boolean {
  return tap >= firstTap && tap < endTap;
}
