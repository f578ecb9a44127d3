import type { PackedImages } from './pack-images.ts';

/** Views of a batch's memory in a slot: pixels first, labels behind them. */
export function slotViews(
  slot: SharedArrayBuffer,
  floats: number,
  labels: number,
): Pick<PackedImages, 'pixels' | 'labels'> {
  return { pixels: new Float32Array(slot, 0, floats), labels: new Int32Array(slot, 4 * floats, labels) };
}

/** A slot that holds so much: the given one if it is large enough, else a new one. */
export function slotFor(
  slot: SharedArrayBuffer | undefined,
  floats: number,
  labels: number,
): SharedArrayBuffer {
  const bytes = 4 * (floats + labels);
  return slot !== undefined && slot.byteLength >= bytes ? slot : new SharedArrayBuffer(bytes);
}

/** A copy of what lies in a slot, in memory of its own: TensorFlow may go on using that, and the slot is filled again. */
export function copyFromSlot(slot: SharedArrayBuffer, shape: PackedImages['shape']): PackedImages {
  const floats = shape.reduce((product, length) => product * length, 1);
  const { pixels, labels } = slotViews(slot, floats, shape[0]);
  return { shape, pixels: pixels.slice(), labels: labels.slice() };
}
