import { checker, show } from '@loopwright/core';
import { byteLength, compareDtypes, isDtype } from './dtype.ts';
import { type Fail, quote } from './failure.ts';
import { PREFIX_BYTES } from './header.ts';
import { METADATA_KEY } from './header-parser.ts';
import type { Metadata, RawTensor } from './raw-tensor.ts';

const check = checker('safetensors', 'encodeRaw');

/**
 * Encodes tensors given as exact bytes. For the same tensors the result equals, byte for byte, that of the reference
 * implementation; metadata is sorted by key, where the reference leaves the order to chance.
 *
 * @param tensors borrowed and copied
 * @param metadata text by name; written only if it has a key
 * @throws LoopwrightError if a tensor's bytes do not fit its shape, or a name is not valid Unicode or is reserved
 * @example
 * const bytes = encodeRaw({ ids: { dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) } });
 */
export function encodeRaw(tensors: Readonly<Record<string, RawTensor>>, metadata?: Metadata): Uint8Array {
  return concatenate(encodeChunks(tensors, metadata, check.fail));
}

/**
 * As {@link encodeRaw}, but in pieces to be written one after the other: the header, then each tensor's own memory,
 * so that a large state is not copied. The pieces must be written before the tensors' memory changes.
 *
 * @example
 * const chunks = encodeRawChunks({ ids: { dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) } });
 * chunks.length; // 2
 */
export function encodeRawChunks(
  tensors: Readonly<Record<string, RawTensor>>,
  metadata?: Metadata,
): Uint8Array[] {
  return encodeChunks(tensors, metadata, check.fail);
}

/** {@link encodeRawChunks} with errors of the caller's. */
export function encodeChunks(
  tensors: Readonly<Record<string, RawTensor>>,
  metadata: Metadata | undefined,
  fail: Fail,
): Uint8Array[] {
  const entries = Object.entries(tensors);
  for (const [name, tensor] of entries) checkTensor(name, tensor, fail);
  entries.sort(([a, left], [b, right]) => compareDtypes(left.dtype, right.dtype) || compareCodePoints(a, b));
  let offset = 0;
  const members = entries.map(([name, { dtype, shape, bytes }]) => {
    const begin = offset;
    offset += bytes.length;
    return member(name, { dtype, shape, data_offsets: [begin, offset] });
  });
  const header = [...metadataMember(metadata, fail), ...members].join(',');
  return [encodeHeader(`{${header}}`), ...entries.map(([, { bytes }]) => bytes)];
}

/** Copies pieces into one. */
export function concatenate(chunks: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    result.set(chunk, offset);
    offset += chunk.length;
  }
  return result;
}

function checkTensor(name: string, { dtype, shape, bytes }: RawTensor, fail: Fail): void {
  const refuse = (problem: string) => fail(`tensor ${quote(name)}: ${problem}`);
  if (name === METADATA_KEY) refuse('the name is reserved for metadata');
  checkText(name, fail);
  if (!isDtype(dtype)) refuse(`unknown dtype ${show(dtype)}`);
  if (!(bytes instanceof Uint8Array)) refuse(`bytes must be a Uint8Array, got ${show(bytes)}`);
  if (!Array.isArray(shape)) refuse(`shape must be a list of integers, got ${show(shape)}`);
  const expected = byteLength(dtype, shape);
  if (typeof expected === 'string') refuse(`its shape ${expected}`);
  if (bytes.length !== expected) {
    refuse(`${dtype} of shape [${shape.join(', ')}] takes ${expected} bytes, got ${bytes.length}`);
  }
}

function metadataMember(metadata: Metadata | undefined, fail: Fail): string[] {
  if (metadata === undefined) return [];
  const entries = Object.entries(metadata);
  for (const [key, value] of entries) {
    if (typeof value !== 'string') fail(`metadata ${quote(key)} must be a string, got ${show(value)}`);
    checkText(key, fail);
    checkText(value, fail);
  }
  entries.sort(([a], [b]) => compareCodePoints(a, b));
  return entries.length === 0 ? [] : [member(METADATA_KEY, Object.fromEntries(entries))];
}

function checkText(text: string, fail: Fail): void {
  if (/\p{Surrogate}/u.test(text))
    fail(`${quote(text)} is not valid Unicode: it holds half a surrogate pair`);
}

function member(name: string, value: object): string {
  return `${JSON.stringify(name)}:${JSON.stringify(value)}`;
}

/** Puts the length before a header, and spaces after it so that the data start at a multiple of 8. */
function encodeHeader(json: string): Uint8Array {
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const header = new Uint8Array(PREFIX_BYTES + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(text, PREFIX_BYTES);
  return header;
}

/** The order of UTF-8 bytes, which is that of code points; JavaScript's own puts surrogates before U+E000. */
function compareCodePoints(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const difference = codePointRank(a.charCodeAt(i)) - codePointRank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function codePointRank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
