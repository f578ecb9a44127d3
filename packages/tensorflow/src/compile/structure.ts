import { Tensor, Variable } from '@tensorflow/tfjs-core';

/** A value with its tensors taken out: arrays and plain objects are followed, anything else is a leaf. */
export interface Structure<T> {
  readonly tensors: T[];
  /** Puts tensors back, one for each that was taken out. */
  rebuild(tensors: readonly T[]): unknown;
}

/**
 * Takes the tensors out of nested arrays and plain objects. A tensor that occurs twice is taken once. Variables and
 * objects with a class of their own stay where they are.
 */
export function takeTensors(value: unknown): Structure<Tensor> {
  const tensors: Tensor[] = [];
  const template = walk(value, (tensor) => {
    const known = tensors.indexOf(tensor);
    return new Hole(known >= 0 ? known : tensors.push(tensor) - 1);
  });
  return { tensors, rebuild: (replacements) => fill(template, replacements) };
}

/** Where a tensor was. */
class Hole {
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor && !(value instanceof Variable);
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function walk(value: unknown, visit: (tensor: Tensor) => unknown): unknown {
  if (isTensor(value)) return visit(value);
  return mapChildren(value, (child) => walk(child, visit));
}

function fill(template: unknown, tensors: readonly Tensor[]): unknown {
  if (template instanceof Hole) return tensors[template.index];
  return mapChildren(template, (child) => fill(child, tensors));
}

function mapChildren(value: unknown, map: (child: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, map(child)]));
}
