import type { StateDict, StateValue } from '@loopwright/core';
import { describe, expect, it } from 'vitest';
import { decodeStates, encodeStates } from './state-codec.ts';

const fail = (message: string): never => {
  throw new Error(message);
};
const roundTrip = (states: Record<string, StateDict>) => decodeStates(encodeStates(states, fail), fail);
const floats = (...data: number[]) => ({
  dtype: 'float32' as const,
  shape: [data.length],
  data: Float32Array.from(data),
});
const encoded = (state: unknown) =>
  encodeStates({ part: { version: 1, state } as unknown as StateDict }, fail);

describe('a state survives', () => {
  const values: Record<string, StateValue> = {
    'numbers that JSON has not': [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0],
    'numbers at the ends': [Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53, 0.1 + 0.2],
    'nothing in it': { list: [], record: {}, text: '', null: null },
    'tensors at any depth': { a: [{ b: floats(1, -0, Number.NaN) }], scalar: { ...floats(1), shape: [] } },
    'empty tensors': { dtype: 'int32', shape: [0, 3], data: new Int32Array(0) },
    masks: { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) },
    'slashes in keys': { 'a/b': { c: floats(1) }, a: { 'b/c': floats(2), b: { c: floats(3) } } },
    'marks in keys': { $tensor: 'x', $number: 'NaN', $$: { $tensor: { $number: 1 } }, '': 0 },
    'half a surrogate pair': { '\ud800': floats(1), '\udfff': floats(2), text: '\ud800' },
  };
  it.each(Object.entries(values))('%s', (_, value) => {
    expect(roundTrip({ part: { version: 1, value } })).toEqual({ part: { version: 1, value } });
  });

  it('keys called __proto__', () => {
    const state = JSON.parse('{ "version": 1, "__proto__": { "version": 2 } }') as StateDict;
    const { part } = roundTrip({ part: state });
    expect(Object.entries(part ?? {})).toEqual(Object.entries(state));
    expect(Object.getPrototypeOf(part)).toBe(Object.prototype);
  });
});

describe('encodeStates', () => {
  it('names tensors by their path', () => {
    const { json, tensors } = encodeStates(
      { model: { version: 1, weights: { 'head/bias': floats(1) } } },
      fail,
    );
    expect(json).toBe(
      '{"model":{"version":1,"weights":{"head/bias":{"$tensor":"model/weights/head/bias"}}}}',
    );
    expect(Object.keys(tensors)).toEqual(['model/weights/head/bias']);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.again = cyclic;
  it.each<[string, unknown, string]>([
    ['undefined', { a: undefined }, 'part/state/a is no state value: undefined'],
    ['a hole', { list: new Array(2) }, 'part/state/list/0 is no state value: undefined'],
    ['a function', { step: Math.sin }, 'part/state/step is no state value: function sin'],
    ['a bigint', 1n, 'part/state is no state value: 1'],
    ['a map', new Map(), 'part/state is no state value: Map'],
    ['a date', [new Date(0)], 'part/state/0 is no state value: Date'],
    ['a typed array', new Float32Array(1), 'part/state is no state value: Float32Array'],
    [
      'a tensor of doubles',
      { dtype: 'float64', shape: [1], data: new Float64Array(1) },
      'dtype must be float32',
    ],
    ['itself', cyclic, 'is nested too deeply, or contains itself'],
  ])('refuses %s, naming the path', (_, state, message) => {
    expect(() => encoded(state)).toThrow(message);
  });
});

describe('decodeStates', () => {
  const tensors = { t: { dtype: 'U8', shape: [1], bytes: Uint8Array.of(1) } } as const;
  it.each([
    ['no JSON', '{', {}, 'is not valid JSON'],
    ['no record', '[]', {}, 'is not a record of states'],
    ['no version', '{"a":{}}', {}, 'the state of "a" is no record with a version'],
    [
      'a tensor for a state',
      '{"a":{"$tensor":"t"}}',
      tensors,
      'the state of "a" is no record with a version',
    ],
    [
      'a missing tensor',
      '{"a":{"version":1,"b":{"$tensor":"u"}}}',
      tensors,
      'there is no tensor "u" to refer to',
    ],
    [
      'a tensor twice',
      '{"a":{"b":{"$tensor":"t"},"c":{"$tensor":"t"}}}',
      tensors,
      'there is no tensor "t" to refer to',
    ],
    ['a surplus tensor', '{"a":{"version":1}}', tensors, 'no state refers to tensor "t"'],
    ['a tensor called by number', '{"a":{"b":{"$tensor":1}}}', tensors, 'there is no tensor 1 to refer to'],
    ['an unknown mark', '{"a":{"b":{"$date":1}}}', {}, 'a state holds the unknown mark "$date"'],
    ['two marks', '{"a":{"b":{"$tensor":"t","$number":"NaN"}}}', tensors, 'unknown mark "$tensor"'],
    ['a number that is none', '{"a":{"b":{"$number":"1"}}}', {}, '"1" is no number'],
    ['a bottomless state', `{"a":${'['.repeat(300)}${']'.repeat(300)}}`, {}, 'a state is nested too deeply'],
  ])('refuses %s', (_, json, given, message) => {
    expect(() => decodeStates({ json, tensors: given }, fail)).toThrow(message);
  });
});
