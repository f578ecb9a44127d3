import type { NativeOps, NativeTensor } from './native-ops.ts';

/** Equally spaced positions along one axis. */
export interface Spacing {
  readonly start: number;
  readonly count: number;
  readonly stride: number;
}

/**
 * The pixels of images at the crossings of rows and columns: [batch, rows, columns, channels].
 *
 * Where whole strides fit into the image, they are folded into axes of their own, of which a plain slice takes the first
 * element: TensorFlow copies a strided slice element by element, several times slower.
 */
export function pixelsAt(
  ops: NativeOps,
  images: NativeTensor,
  rows: Spacing,
  columns: Spacing,
): NativeTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = images.shape;
  if (endOf(rows) > height || endOf(columns) > width) {
    const end = [batch, lastOf(rows) + 1, lastOf(columns) + 1, channels];
    return ops.stridedSlice(images, [0, rows.start, columns.start, 0], end, [
      1,
      rows.stride,
      columns.stride,
      1,
    ]);
  }
  const size = [batch, rows.count * rows.stride, columns.count * columns.stride, channels];
  const region = ops.slice(images, [0, rows.start, columns.start, 0], size);
  if (rows.stride === 1 && columns.stride === 1) return region;
  const folded = [batch * rows.count, rows.stride, columns.count, columns.stride * channels];
  const first = [batch * rows.count, 1, columns.count, channels];
  const pixels = ops.slice(ops.reshape(region, folded), [0, 0, 0, 0], first);
  return ops.reshape(pixels, [batch, rows.count, columns.count, channels]);
}

function endOf({ start, count, stride }: Spacing): number {
  return start + count * stride;
}

function lastOf({ start, count, stride }: Spacing): number {
  return start + (count - 1) * stride;
}
