import { LoopwrightError } from '@loopwright/core';
import { decode, decodeRaw, encode, encodeRaw, type RawTensor } from '@loopwright/safetensors';
import { dispose } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const name = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text !== '__metadata__');
const metadata = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), { maxKeys: 4 });

const ELEMENT_BYTES = { BOOL: 1, U8: 1, F8_E5M2: 1, I16: 2, BF16: 2, F32: 4, I64: 8, C64: 8 } as const;
const rawTensor: fc.Arbitrary<RawTensor> = fc
  .tuple(fc.constantFrom(...(Object.keys(ELEMENT_BYTES) as (keyof typeof ELEMENT_BYTES)[])), shape)
  .chain(([dtype, lengths]) => {
    const size = lengths.reduce((product, length) => product * length, 1) * ELEMENT_BYTES[dtype];
    return fc
      .uint8Array({ minLength: size, maxLength: size })
      .map((bytes) => ({ dtype, shape: lengths, bytes }));
  });
const rawTensors = fc.dictionary(name, rawTensor, { maxKeys: 6 });

const floats = shape.chain((lengths) => {
  const size = lengths.reduce((product, length) => product * length, 1);
  return fc
    .float32Array({ minLength: size, maxLength: size })
    .map((data) => ({ dtype: 'float32' as const, shape: lengths, data }));
});

it('exact bytes, names and metadata survive, and equal contents are equal bytes', () => {
  fc.assert(
    fc.property(rawTensors, metadata, (tensors, text) => {
      const bytes = encodeRaw(tensors, text);
      const contents = decodeRaw(bytes);
      expect(new Map(Object.entries(contents.tensors))).toEqual(new Map(Object.entries(tensors)));
      expect(new Map(Object.entries(contents.metadata))).toEqual(new Map(Object.entries(text)));
      expect(encodeRaw(contents.tensors, contents.metadata)).toEqual(bytes);
    }),
  );
});

it('float32 values survive: NaN, both zeros, subnormals and infinities', () => {
  fc.assert(
    fc.property(fc.dictionary(name, floats, { maxKeys: 4 }), (values) => {
      const { tensors } = decode(encode(values));
      for (const [key, value] of Object.entries(values)) {
        expect(tensors[key]?.shape).toEqual(value.shape);
        expect(tensors[key]?.dataSync()).toEqual(value.data);
      }
      dispose(tensors);
    }),
  );
});

/** Runs a parser on a mutation: it may succeed, or throw our error, and nothing else. */
function parse(bytes: Uint8Array): void {
  try {
    decodeRaw(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(LoopwrightError);
  }
}

it('mutated files are read or refused, and nothing else happens', () => {
  const edit = fc.record({
    at: fc.nat({ max: 400 }),
    remove: fc.integer({ min: 0, max: 3 }),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc
        .constantFrom('9', '99999999', '"', '\\', '{', '}', '[', ']', ',', ':', '-', 'e9')
        .map((text) => new TextEncoder().encode(text)),
    ),
  });
  fc.assert(
    fc.property(
      rawTensors,
      metadata,
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (tensors, text, edits) => {
        let bytes = encodeRaw(tensors, text);
        for (const { at, remove, insert } of edits) {
          const start = Math.min(at, bytes.length);
          bytes = Uint8Array.of(...bytes.subarray(0, start), ...insert, ...bytes.subarray(start + remove));
        }
        parse(bytes);
      },
    ),
    { numRuns: 500 },
  );
});

it('any text as a header is read or refused, and nothing else happens', () => {
  const header = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((json) => `{"a":${json}}`),
  );
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 8 }), (text, data) => {
      const encoded = new TextEncoder().encode(text);
      const bytes = new Uint8Array(8 + encoded.length + data.length);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(encoded.length), true);
      bytes.set(encoded, 8);
      bytes.set(data, 8 + encoded.length);
      parse(bytes);
    }),
    { numRuns: 500 },
  );
});
