/**
 * Values that both sides compute from a name, so that no golden file holds millions of weights. The same formulas are
 * in `generated_values.py`.
 */
import { type Tensor, tensor, tensor1d, tidy, transpose } from '@tensorflow/tfjs-core';

/** A 32-bit hash of an ASCII string (Fowler, Noll and Vo). */
function fnv1a(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

/** `size` hashes of 32 bits: MurmurHash3's finalizer of a counter that starts at the key's hash. */
function noise(key: string, size: number): Uint32Array {
  const start = fnv1a(key);
  return new Uint32Array(size).map((_, index) => {
    let value = start + Math.imul(index, 0x9e3779b9);
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return value ^ (value >>> 16);
  });
}

/** Between center - bound and center + bound; of 24 random bits, so that float32 rounds once. */
export function uniform(key: string, size: number, bound: number, center = 0): Float32Array {
  return Float32Array.from(noise(key, size), (word) => center + bound * ((word >>> 8) / 2 ** 23 - 1));
}

/** Class indices, int32 of shape [size]; the caller's. */
export function labels(key: string, size: number, classes: number): Tensor {
  return tensor1d(
    Int32Array.from(noise(key, size), (word) => word % classes),
    'int32',
  );
}

/** A value for an entry of a PyTorch state dict, chosen by its name and rank; the caller's. */
export function weight(name: string, shape: readonly number[]): Tensor {
  return tensor(weightValues(name, shape), [...shape]);
}

function weightValues(name: string, shape: readonly number[]): Float32Array {
  const size = sizeOf(shape);
  if (name.endsWith('running_var')) return uniform(name, size, 0.2, 1);
  if (name.endsWith('running_mean') || name.endsWith('bias')) return uniform(name, size, 0.1);
  if (name.endsWith('weight_u') || name.endsWith('weight_v')) {
    const values = uniform(name, size, 1);
    const norm = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    return values.map((value) => value / norm);
  }
  if (name.endsWith('gamma')) return uniform(name, size, 0.002, 0.005);
  if (shape.length === 1) return uniform(name, size, 0.2, 1);
  const fanIn = sizeOf(shape.slice(1));
  return uniform(name, size, Math.sqrt((shape.length === 2 ? 3 : 6) / fanIn));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A batch that can be learned: each class has a pattern of 4×4 squares, and each image noise of its own. */
export function classifiedImages(key: string, size: number, classes: number, side: number) {
  const targets = labels(`labels of ${key}`, size, classes);
  const patterns = Array.from({ length: classes }, (_, index) => uniform(`pattern ${index}`, 3 * 4 * 4, 1));
  const images = uniform(`images of ${key}`, size * 3 * side * side, 0.5);
  const square = side / 4;
  for (const [index, label] of (targets.dataSync() as Int32Array).entries()) {
    for (let pixel = 0; pixel < 3 * side * side; pixel++) {
      const [row, column] = [Math.floor(pixel / side) % side, pixel % side];
      const channel = Math.floor(pixel / side ** 2);
      const patch = 16 * channel + 4 * Math.floor(row / square) + Math.floor(column / square);
      images[index * 3 * side * side + pixel]! += patterns[label]![patch]!;
    }
  }
  return { images: imagesOf(images, [size, 3, side, side]), labels: targets };
}

/** Images [batch, height, width, channels] of values in PyTorch's order, [batch, channels, height, width]. */
export function imagesOf(values: Float32Array, shape: readonly number[]): Tensor {
  return tidy(() => transpose(tensor(values, [...shape]), [0, 2, 3, 1]));
}
