import { Variable } from '@tensorflow/tfjs-core';
import { isPlainObject, isTensor } from './structure.ts';

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/**
 * What has to be the same for a trace to serve a call, as text: shape and type of each tensor, the values of numbers,
 * strings and flags, and which object anything else is.
 */
export function guardOf(value: unknown): string {
  if (isTensor(value)) return `${value.dtype}[${value.shape.join()}]`;
  if (Array.isArray(value)) return `(${value.map(guardOf).join()})`;
  if (isPlainObject(value)) {
    const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}:${guardOf(field)}`);
    return `{${fields.join()}}`;
  }
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    const kind = value instanceof Variable ? 'variable' : typeof value;
    return `${kind}#${identityOf(value)}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value} ${String(value)}`;
}

function identityOf(object: object): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  const identity = nextIdentity++;
  identities.set(object, identity);
  return identity;
}
