import { Variable } from '@tensorflow/tfjs-core';
import { isPlainObject, isTensor } from './structure.ts';

/** Characters of a guard in a message. */
const MOST_SHOWN = 80;

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

/** In what the arguments of a call differ from those of another, by their guards. */
export function differenceOf(now: readonly string[], before: readonly string[]): string {
  if (now.length !== before.length)
    return `it was called with ${now.length} arguments after ${before.length}`;
  const index = now.findIndex((guard, position) => guard !== before[position]);
  if (index < 0) return 'settings of the engine changed';
  return `argument ${index + 1} was ${brief(now[index]!)} after ${brief(before[index]!)}`;
}

function brief(guard: string): string {
  return guard.length > MOST_SHOWN ? `${guard.slice(0, MOST_SHOWN)}…` : guard;
}

function identityOf(object: object): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  const identity = nextIdentity++;
  identities.set(object, identity);
  return identity;
}
