import { describe, expect, it } from 'vitest';
import { decodeRaw } from './decode-raw.ts';

/** A file of this header and this many zero bytes of data. */
function file(header: string | Uint8Array, dataBytes = 0): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function prefix(length: bigint, fileBytes = 8): Uint8Array {
  const bytes = new Uint8Array(fileBytes);
  new DataView(bytes.buffer).setBigUint64(0, length, true);
  return bytes;
}

const entry = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const byte = entry('U8', '[1]', '[0,1]');

const refused: readonly [string, Uint8Array, string][] = [
  ['no bytes', new Uint8Array(0), "the file has 0 bytes, too few for the header's length (8)"],
  ['a length alone', prefix(2n), "the header's length is 2 bytes, but the file has 8 in all"],
  ['a length over the limit', prefix(100_000_001n), 'more than the format allows (100000000)'],
  ['the largest length', prefix(2n ** 64n - 1n), "the header's length is 18446744073709551615 bytes"],
  ['no header', prefix(0n), 'the header must start with "{", got ""'],
  ['a space first', file(' {}'), 'the header must start with "{", got " "'],
  ['a byte order mark', file('\ufeff{}'), 'the header must start with "{"'],
  [
    'zeros for padding',
    file('{}\0\0'),
    'expected only spaces after the last "}" at character 2 of the header',
  ],
  ['a list', file('[]'), 'the header must start with "{", got "["'],
  ['an open end', file('{'), 'expected a string at character 1 of the header, got the end'],
  ['invalid UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d)), 'the header is not valid UTF-8'],
  ['half a surrogate pair', file(`{"\\ud800":${byte}}`, 1), 'is not valid Unicode'],
  ['a bad escape', file(`{"\\x":${byte}}`, 1), 'the string at character 1 of the header is not valid JSON'],
  ['a string without end', file('{"a\\"'), 'the string at character 1 of the header does not end'],
  ['a trailing comma', file(`{"a":${byte},}`, 1), 'expected a string'],
  ['duplicate tensors', file(`{"a":${byte},"a":${byte}}`, 1), 'the header: duplicate key "a"'],
  ['a duplicate behind an escape', file(`{"a":${byte},"\\u0061":${byte}}`, 1), 'duplicate key "a"'],
  ['duplicate metadata', file('{"__metadata__":{"a":"1","a":"2"}}'), '__metadata__: duplicate key "a"'],
  ['metadata twice', file('{"__metadata__":{},"__metadata__":{}}'), 'duplicate key "__metadata__"'],
  [
    'metadata of a number',
    file('{"__metadata__":{"a":1}}'),
    'expected a string at character 21 of the header, got "1"',
  ],
  ['no metadata', file('{"__metadata__":null}'), 'expected "{"'],
  ['a duplicate field', file('{"a":{"dtype":"U8","dtype":"U8"}}'), 'tensor "a": duplicate key "dtype"'],
  ['an unknown field', file('{"a":{"strides":[1]}}'), 'tensor "a": unknown field "strides"'],
  [
    'a missing field',
    file('{"a":{"dtype":"U8","shape":[1]}}'),
    'tensor "a": needs dtype, shape and data_offsets',
  ],
  ['an unknown type', file(`{"a":${entry('F7', '[1]', '[0,1]')}}`, 1), 'tensor "a": unknown dtype "F7"'],
  ['a type called constructor', file(`{"a":${entry('constructor', '[1]', '[0,1]')}}`, 1), 'unknown dtype'],
  ['a negative length', file(`{"a":${entry('U8', '[-1]', '[0,1]')}}`, 1), 'expected a non-negative integer'],
  ['a fraction', file(`{"a":${entry('U8', '[1.0]', '[0,1]')}}`, 1), 'expected "]" at character 29'],
  ['an exponent', file(`{"a":${entry('U8', '[1e0]', '[0,1]')}}`, 1), 'expected "]"'],
  ['a leading zero', file(`{"a":${entry('U8', '[01]', '[0,1]')}}`, 1), 'expected "]"'],
  [
    'an integer beyond 2^53',
    file(`{"a":${entry('U8', '[9007199254740993]', '[0,1]')}}`, 1),
    'an integer below 2^53',
  ],
  [
    'a product that overflows',
    file(`{"a":${entry('U8', '[4294967296,4294967296,0]', '[0,0]')}}`),
    'its number of bits overflows',
  ],
  ['half a byte', file(`{"a":${entry('F4', '[3]', '[0,1]')}}`, 1), 'its shape of F4 must fill whole bytes'],
  [
    'three offsets',
    file(`{"a":${entry('U8', '[1]', '[0,1,2]')}}`, 1),
    'data_offsets must be two integers, got 3',
  ],
  [
    'offsets backwards',
    file(`{"a":${entry('U8', '[1]', '[1,0]')}}`, 1),
    'tensor "a": data_offsets [1, 0] end before they begin',
  ],
  [
    'a span too short',
    file(`{"a":${entry('F32', '[1]', '[0,3]')}}`, 3),
    'tensor "a": F32 of shape [1] takes 4 bytes, data_offsets span 3',
  ],
  [
    'data cut off',
    file(`{"a":${entry('F32', '[1]', '[0,4]')}}`, 3),
    'tensor "a": data_offsets end at 4, but there are 3 bytes of data',
  ],
  ['data left over', file(`{"a":${byte}}`, 2), 'the tensors end at byte 1, but there are 2 bytes of data'],
  ['data without tensors', file('{}', 1), 'the tensors end at byte 0, but there are 1 bytes of data'],
  [
    'a hole at the start',
    file(`{"a":${entry('U8', '[1]', '[1,2]')}}`, 2),
    'tensor "a": data_offsets begin at 1 and leave a hole after 0',
  ],
  [
    'a hole',
    file(`{"a":${byte},"b":${entry('U8', '[1]', '[2,3]')}}`, 3),
    'tensor "b": data_offsets begin at 2 and leave a hole after 1',
  ],
  [
    'an overlap',
    file(`{"a":${byte},"b":${byte}}`, 1),
    'tensor "b": data_offsets begin at 0 and overlap the tensor that ends at 1',
  ],
];

describe('decodeRaw', () => {
  it.each(refused)('refuses %s', (_, bytes, message) => {
    expect(() => decodeRaw(bytes)).toThrow(message);
    expect(() => decodeRaw(bytes)).toThrow(/^\[loopwright\/safetensors\] decodeRaw: /);
  });

  it('keeps a long name out of the message', () => {
    const name = 'n'.repeat(1_000_000);
    const message = (() => {
      try {
        return String(decodeRaw(file(`{"${name}":{}}`)));
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toContain('needs dtype, shape and data_offsets');
    expect(message.length).toBeLessThan(300);
  });

  it('reads white space, any order of fields and of tensors, and tensors without data', () => {
    const header = `{ "b" : ${entry('U8', '[ 1 ]', '[1,\n2]')} ,\t"none":${entry('F32', '[0,7]', '[1,1]')},
      "a":{"data_offsets":[0,1],"shape":[],"dtype":"I8"}, "__metadata__":{"__proto__":"x"} }   `;
    const { tensors, metadata } = decodeRaw(file(header, 2));
    expect(Object.keys(tensors)).toEqual(['a', 'none', 'b']);
    expect(tensors.a).toEqual({ dtype: 'I8', shape: [], bytes: Uint8Array.of(0) });
    expect(tensors.none).toEqual({ dtype: 'F32', shape: [0, 7], bytes: new Uint8Array(0) });
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x']]);
  });

  it('gives views, so nothing is copied', () => {
    const bytes = file(`{"a":${byte}}`, 1);
    const { tensors } = decodeRaw(bytes);
    bytes[bytes.length - 1] = 9;
    expect(tensors.a?.bytes).toEqual(Uint8Array.of(9));
  });
});
