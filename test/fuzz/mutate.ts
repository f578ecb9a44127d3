import type { RandomStream } from '@loopwright/core';

/** What mutations are made from. */
export interface Material {
  readonly corpus: readonly Uint8Array[];
  readonly dictionary: readonly Uint8Array[];
}

type Mutation = (bytes: Uint8Array, stream: RandomStream, material: Material) => Uint8Array;

/** Larger inputs are slower, and reach nothing that these do not, save what takes its time by their length. */
const LARGEST = 2 ** 17;
const INTERESTING_BYTES = [0, 1, 0x0a, 0x20, 0x22, 0x2c, 0x2f, 0x5c, 0x7f, 0x80, 0xfe, 0xff];
const BRACKETS = [
  ['[', ']'],
  ['{"a":', '}'],
] as const;
const INTERESTING_LENGTHS = [
  0n,
  1n,
  -1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  2n ** 53n,
  2n ** 62n,
  -(2n ** 63n),
];

const mutations: readonly Mutation[] = [
  flipBit,
  setByte,
  truncate,
  insert,
  remove,
  duplicate,
  splice,
  setLength,
  setDigits,
  insertToken,
  replaceByToken,
  repeatToken,
  nest,
];

/** An input with one to eight changes. */
export function mutate(bytes: Uint8Array, stream: RandomStream, material: Material): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let changes = 2 ** stream.integer(4); changes > 0; changes--) {
    result = pick(mutations, stream)(result, stream, material).subarray(0, LARGEST);
  }
  return result;
}

/** Any of them. */
export function pick<T>(items: readonly T[], stream: RandomStream): T {
  return items[stream.integer(items.length)] as T;
}

function flipBit(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  if (bytes.length === 0) return bytes;
  const at = stream.integer(bytes.length);
  bytes[at] = (bytes[at] as number) ^ (1 << stream.integer(8));
  return bytes;
}

function setByte(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  if (bytes.length === 0) return bytes;
  bytes[stream.integer(bytes.length)] =
    stream.integer(2) === 0 ? pick(INTERESTING_BYTES, stream) : stream.integer(256);
  return bytes;
}

function truncate(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  return bytes.subarray(0, stream.integer(bytes.length + 1));
}

function insert(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  const piece = Uint8Array.from({ length: 1 + stream.integer(16) }, () => stream.integer(256));
  return replaceRange(bytes, stream.integer(bytes.length + 1), 0, piece);
}

function remove(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  const [start, length] = range(bytes, stream);
  return replaceRange(bytes, start, length, new Uint8Array(0));
}

function duplicate(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  const [start, length] = range(bytes, stream);
  return replaceRange(
    bytes,
    stream.integer(bytes.length + 1),
    0,
    bytes.slice(start, Math.min(start + length, start + 4096)),
  );
}

function splice(bytes: Uint8Array, stream: RandomStream, { corpus }: Material): Uint8Array {
  const other = pick(corpus, stream);
  const end = stream.integer(other.length + 1);
  return replaceRange(bytes, stream.integer(bytes.length + 1), bytes.length, other.subarray(end));
}

/** Overwrites what may be a length, in either order of bytes. */
function setLength(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  const width = pick([2, 4, 8], stream);
  if (bytes.length < width) return bytes;
  const value = new DataView(new ArrayBuffer(8));
  const littleEndian = stream.integer(2) === 0;
  const number = pick(INTERESTING_LENGTHS, stream) + BigInt(stream.integer(3) - 1);
  value.setBigInt64(0, BigInt.asIntN(64, number), littleEndian);
  const start = littleEndian ? 0 : 8 - width;
  bytes.set(new Uint8Array(value.buffer, start, width), stream.integer(bytes.length - width + 1));
  return bytes;
}

/** Overwrites a number in a text, or puts one there. */
function setDigits(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  const [start, length] = digits(bytes, stream);
  const number = pick(['1e999', '-1', '1e-7', '0.5', ...INTERESTING_LENGTHS.map(String)], stream);
  return replaceRange(bytes, start, length, Buffer.from(number));
}

function insertToken(bytes: Uint8Array, stream: RandomStream, { dictionary }: Material): Uint8Array {
  return replaceRange(bytes, stream.integer(bytes.length + 1), 0, pick(dictionary, stream));
}

function replaceByToken(bytes: Uint8Array, stream: RandomStream, { dictionary }: Material): Uint8Array {
  const token = pick(dictionary, stream);
  return replaceRange(bytes, stream.integer(bytes.length + 1), token.length, token);
}

/** Depth and width: one token up to thousands of times. Seldom, since what it makes is slow. */
function repeatToken(bytes: Uint8Array, stream: RandomStream, { dictionary }: Material): Uint8Array {
  const token = pick(dictionary, stream);
  const most = stream.integer(32) === 0 ? 16 : 5;
  const piece = new Uint8Array(Math.min(token.length * 2 ** stream.integer(most), LARGEST));
  for (let at = 0; at < piece.length; at++) piece[at] = token[at % token.length] as number;
  return replaceRange(bytes, stream.integer(bytes.length + 1), 0, piece);
}

/** Puts brackets around a number in a text, up to thousands of them. */
function nest(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  const [open, close] = pick(BRACKETS, stream);
  const [start, length] = digits(bytes, stream);
  const depth = 2 ** stream.integer(stream.integer(16) === 0 ? 15 : 5);
  const closed = replaceRange(bytes, start + length, 0, Buffer.from(close.repeat(depth)));
  return replaceRange(closed, start, 0, Buffer.from(open.repeat(depth)));
}

/** Where the next number of a text lies. */
function digits(bytes: Uint8Array, stream: RandomStream): [start: number, length: number] {
  const isDigit = (byte: number | undefined) => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  let start = stream.integer(bytes.length + 1);
  while (start < bytes.length && !isDigit(bytes[start])) start++;
  let end = start;
  while (isDigit(bytes[end])) end++;
  return [start, end - start];
}

function range(bytes: Uint8Array, stream: RandomStream): [start: number, length: number] {
  const start = stream.integer(bytes.length + 1);
  return [start, stream.integer(Math.min(bytes.length - start, 2 ** stream.integer(12)) + 1)];
}

function replaceRange(bytes: Uint8Array, start: number, length: number, piece: Uint8Array): Uint8Array {
  const tail = bytes.subarray(Math.min(start + length, bytes.length));
  const result = new Uint8Array(start + piece.length + tail.length);
  result.set(bytes.subarray(0, start));
  result.set(piece, start);
  result.set(tail, start + piece.length);
  return result;
}
