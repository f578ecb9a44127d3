import { isTensorValue, type StateDict, type StateValue, show } from '@loopwright/core';
import { type RawTensor, rawToValue, valueToRaw } from '@loopwright/safetensors/raw';

/** Throws an error that says where it comes from. */
export type Fail = (message: string, options?: ErrorOptions) => never;

/** States taken apart into what JSON holds and what a safetensors file holds. */
export interface EncodedStates {
  readonly json: string;
  readonly tensors: Record<string, RawTensor>;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Deeper than any state, and shallow enough for every parser's stack; a state that contains itself ends here. */
const MAX_DEPTH = 200;

/**
 * Takes states apart. In the JSON a tensor is `{ "$tensor": name }`, with its path for a name, a number that JSON cannot
 * hold is `{ "$number": "NaN" }`, and a record's own keys that begin with `$` get another one.
 *
 * @param states borrowed; the tensors share their memory
 * @param fail called with the path of whatever is no state value
 */
export function encodeStates(states: Readonly<Record<string, StateDict>>, fail: Fail): EncodedStates {
  const tensors = new Map<string, RawTensor>();
  const json = encodeRecord(states, '', 0, { tensors, fail });
  return { json: JSON.stringify(json), tensors: Object.fromEntries(tensors) };
}

interface Encoding {
  readonly tensors: Map<string, RawTensor>;
  readonly fail: Fail;
}

function encodeValue(value: unknown, path: string, depth: number, encoding: Encoding): Json {
  const { fail } = encoding;
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return encodeNumber(value);
  if (typeof value !== 'object') return fail(`${path} is no state value: ${show(value)}`);
  if (isTensorValue(value)) return encodeTensor(value, path, encoding);
  if (depth > MAX_DEPTH) fail(`${path.slice(0, 100)}… is nested too deeply, or contains itself`);
  // Array.from, because map would pass over holes.
  if (Array.isArray(value)) {
    return Array.from(value, (item, index) => encodeValue(item, `${path}/${index}`, depth + 1, encoding));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) fail(`${path} is no state value: ${show(value)}`);
  return encodeRecord(value, `${path}/`, depth + 1, encoding);
}

function encodeRecord(record: object, prefix: string, depth: number, encoding: Encoding): Json {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key.startsWith('$') ? `$${key}` : key,
      encodeValue(value, prefix + key, depth, encoding),
    ]),
  );
}

function encodeTensor(
  value: Parameters<typeof valueToRaw>[1],
  path: string,
  { tensors, fail }: Encoding,
): Json {
  // Paths of different values can be equal, since keys may hold slashes; and a name must be valid Unicode.
  const wellFormed = path.replace(/\p{Surrogate}/gu, '\ufffd');
  let name = wellFormed;
  for (let copy = 2; tensors.has(name); copy++) name = `${wellFormed}#${copy}`;
  tensors.set(name, valueToRaw(name, value, fail));
  return { $tensor: name };
}

/** A number as JSON, exactly: JSON has no NaN and no infinity, and `JSON.stringify` drops the sign of zero. */
export function encodeNumber(value: number): number | { $number: string } {
  if (Object.is(value, -0)) return { $number: '-0' };
  return Number.isFinite(value) ? value : { $number: String(value) };
}

/**
 * Puts states together again: the exact inverse of {@link encodeStates}.
 *
 * @param tensors borrowed; the states share their memory
 * @param fail called with whatever does not fit, a tensor that no state refers to included
 */
export function decodeStates({ json, tensors }: EncodedStates, fail: Fail): Record<string, StateDict> {
  const unused = new Set(Object.keys(tensors));
  const take = (name: Json): StateValue => {
    if (typeof name !== 'string' || !unused.delete(name))
      return fail(`there is no tensor ${show(name)} to refer to`);
    return rawToValue(name, tensors[name] as RawTensor, fail);
  };
  const states = decodeRecord(parseRecord(json, fail), 0, { take, fail });
  if (unused.size > 0) fail(`no state refers to tensor ${show([...unused][0])}`);
  for (const [name, state] of Object.entries(states)) {
    if (!isStateDict(state)) fail(`the state of ${show(name)} is no record with a version`);
  }
  return states as Record<string, StateDict>;
}

interface Decoding {
  readonly take: (name: Json) => StateValue;
  readonly fail: Fail;
}

function decodeValue(json: Json, depth: number, decoding: Decoding): StateValue {
  if (typeof json !== 'object' || json === null) return json;
  if (depth > MAX_DEPTH) decoding.fail('a state is nested too deeply');
  if (Array.isArray(json)) return json.map((item) => decodeValue(item, depth + 1, decoding));
  if (isMark(json, '$tensor')) return decoding.take(json.$tensor as Json);
  if (isMark(json, '$number')) return decodeNumber(json, decoding.fail);
  return decodeRecord(json, depth + 1, decoding);
}

function decodeRecord(
  json: Record<string, Json>,
  depth: number,
  decoding: Decoding,
): Record<string, StateValue> {
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => [
      decodeKey(key, decoding.fail),
      decodeValue(value, depth, decoding),
    ]),
  );
}

function isMark(json: object, mark: string): boolean {
  return Object.hasOwn(json, mark) && Object.keys(json).length === 1;
}

function decodeKey(key: string, fail: Fail): string {
  if (!key.startsWith('$')) return key;
  return key.startsWith('$$') ? key.slice(1) : fail(`a state holds the unknown mark ${show(key)}`);
}

/** The inverse of {@link encodeNumber}. */
export function decodeNumber(json: unknown, fail: Fail): number {
  if (typeof json === 'number') return json;
  const text = (json as { $number?: unknown } | null)?.$number;
  if (text === '-0' || text === 'NaN' || text === 'Infinity' || text === '-Infinity') return Number(text);
  return fail(`${show(text ?? json)} is no number`);
}

function parseRecord(json: string, fail: Fail): Record<string, Json> {
  const value = parseJson(json, fail);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail('is not a record of states');
  return value as Record<string, Json>;
}

/** Parses JSON; the error is ours. */
export function parseJson(json: string, fail: Fail): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    return fail(`is not valid JSON: ${(error as Error).message}`, { cause: error });
  }
}

function isStateDict(value: unknown): value is StateDict {
  return typeof value === 'object' && value !== null && typeof (value as StateDict).version === 'number';
}
