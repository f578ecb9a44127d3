import { createHash } from 'node:crypto';
import { type Tensor, Variable } from '@tensorflow/tfjs-core';
import { isPlainObject, isTensor } from './structure.ts';

/** Characters of a guard in a message. */
const MOST_SHOWN = 80;

const identities = new WeakMap<object, number>();
let nextIdentity = 0;

/**
 * What has to be the same for a trace to serve a call, as text for each argument: shape and type of each tensor, or which
 * one of those before it is the same; the values of numbers, strings, flags and typed arrays; and which object anything
 * else is.
 */
export function argumentGuards(args: readonly unknown[]): string[] {
  const places = new Map<Tensor, number>();
  return args.map((value) => guardOf(value, places));
}

/** @param places of the tensors so far */
function guardOf(value: unknown, places: Map<Tensor, number>): string {
  if (isTensor(value)) return tensorGuard(value, places);
  if (Array.isArray(value)) return `(${value.map((element) => guardOf(element, places)).join()})`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}#${contentsOf(value)}`;
  if (isPlainObject(value)) {
    const fields = Object.entries(value).map(
      ([key, field]) => `${JSON.stringify(key)}:${guardOf(field, places)}`,
    );
    return `{${fields.join()}}`;
  }
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
    const kind = value instanceof Variable ? 'variable' : typeof value;
    return `${kind}#${identityOf(value)}`;
  }
  if (typeof value === 'string') return JSON.stringify(value);
  return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`;
}

function tensorGuard(tensor: Tensor, places: Map<Tensor, number>): string {
  const place = places.get(tensor);
  if (place !== undefined) return `tensor ${place} again`;
  places.set(tensor, places.size + 1);
  return `${tensor.dtype}[${tensor.shape.join()}]`;
}

/** In what the arguments of a call differ from those of another, by their guards. */
export function differenceOf(now: readonly string[], before: readonly string[]): string {
  if (now.length !== before.length)
    return `it was called with ${now.length} arguments after ${before.length}`;
  const index = now.findIndex((guard, position) => guard !== before[position]);
  if (index < 0) return 'settings of the engine changed';
  const [guard, other] = [now[index], before[index]] as [string, string];
  const start = Math.max(guard.length, other.length) > MOST_SHOWN ? startOfDifference(guard, other) : 0;
  return `argument ${index + 1} was ${brief(guard, start)} after ${brief(other, start)}`;
}

/** Where the field or element begins in which two guards differ. */
function startOfDifference(guard: string, other: string): number {
  let same = 0;
  while (same < guard.length && guard[same] === other[same]) same += 1;
  return Math.max(...['{', '(', ','].map((opening) => guard.lastIndexOf(opening, same - 1) + 1));
}

function brief(guard: string, start: number): string {
  const rest = guard.slice(start);
  return `${start > 0 ? '…' : ''}${rest.length > MOST_SHOWN ? `${rest.slice(0, MOST_SHOWN)}…` : rest}`;
}

/** Of a typed array, which may be filled anew between calls. */
function contentsOf({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('base64');
}

function identityOf(object: object): number {
  const known = identities.get(object);
  if (known !== undefined) return known;
  const identity = nextIdentity++;
  identities.set(object, identity);
  return identity;
}
