import { MAX_ITEMS } from './max-items.ts';
import { fixed32Key, fixed64Key, lengthKey, ProtoReader, varintKey } from './proto-reader.ts';
import type { ProtoWriter } from './proto-writer.ts';

/** `DataType` of TensorFlow (`core/framework/types.proto`): how the values of a tensor lie in `tensor_content`. */
const DOUBLE = 2;
const STRING = 7;
const elements: Readonly<Record<number, Element>> = {
  1: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  [DOUBLE]: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  3: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  4: { bytes: 1, read: (view, at) => view.getUint8(at) },
  5: { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  6: { bytes: 1, read: (view, at) => view.getInt8(at) },
  9: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  10: { bytes: 1, read: (view, at) => view.getUint8(at) },
  14: { bytes: 2, read: (view, at) => brainFloat(view.getUint16(at, true)) },
  17: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  19: { bytes: 2, read: (view, at) => halfFloat(view.getUint16(at, true)) },
  22: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  23: { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
};

interface Element {
  readonly bytes: number;
  read(view: DataView, at: number): number;
}

/** What a `TensorProto` has. A shape that says more than there are values is not filled up. */
export interface DecodedTensor {
  readonly shape: readonly number[];
  readonly numbers: readonly number[];
  /** Views of the message. */
  readonly strings: readonly Uint8Array[];
}

/** Decodes a `TensorProto` (`core/framework/tensor.proto`) of any type but complex numbers, resources and variants. */
export function decodeTensor(message: Uint8Array): DecodedTensor {
  let type = 0;
  let shape: number[] = [];
  let content: Uint8Array | undefined;
  const values: number[] = [];
  const strings: Uint8Array[] = [];
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === varintKey(1)) type = reader.varint();
    else if (reader.key === lengthKey(2)) shape = decodeShape(reader.bytes());
    else if (reader.key === lengthKey(4)) content = reader.bytes();
    else if (reader.key === lengthKey(8) && strings.length < MAX_ITEMS) strings.push(reader.bytes());
    else if (!readNumbers(reader, values)) reader.skip();
  }
  const numbers =
    content === undefined || values.length > 0 ? values.map(ofBits(type)) : decodeContent(type, content);
  return { shape, numbers, strings };
}

const FLOAT_FIELD = 5;
const DOUBLE_FIELD = 6;
/** `int_val`, `int64_val`, `bool_val`, `half_val` (also of bfloat16), `uint32_val` and `uint64_val`. */
const INTEGER_FIELDS: readonly number[] = [7, 10, 11, 13, 16, 17];

/** Reads a field of numbers, packed or not; false if it is another field. */
function readNumbers(reader: ProtoReader, into: number[]): boolean {
  if (into.length >= MAX_ITEMS) return false;
  const { key } = reader;
  const field = Math.floor(key / 8);
  if (key === fixed32Key(FLOAT_FIELD)) into.push(reader.float());
  else if (key === fixed64Key(DOUBLE_FIELD)) into.push(reader.double());
  else if (key === lengthKey(FLOAT_FIELD)) appendPacked(reader.bytes(), (packed) => packed.float(), into);
  else if (key === lengthKey(DOUBLE_FIELD)) appendPacked(reader.bytes(), (packed) => packed.double(), into);
  else if (!INTEGER_FIELDS.includes(field)) return false;
  else if (key === varintKey(field)) into.push(reader.varint());
  else if (key === lengthKey(field)) appendPacked(reader.bytes(), (packed) => packed.varint(), into);
  else return false;
  return true;
}

/** Reads numbers that follow one another without keys. */
export function appendPacked(bytes: Uint8Array, read: (reader: ProtoReader) => number, into: number[]): void {
  const reader = new ProtoReader(bytes);
  while (!reader.atEnd && into.length < MAX_ITEMS) into.push(read(reader));
}

function decodeContent(type: number, content: Uint8Array): number[] {
  const element = elements[type];
  if (element === undefined) return [];
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const count = Math.min(Math.floor(content.length / element.bytes), MAX_ITEMS);
  return Array.from({ length: count }, (_, index) => element.read(view, index * element.bytes));
}

function decodeShape(message: Uint8Array): number[] {
  const shape: number[] = [];
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === lengthKey(2) && shape.length < MAX_ITEMS) shape.push(decodeDimension(reader.bytes()));
    else reader.skip();
  }
  return shape;
}

function decodeDimension(message: Uint8Array): number {
  let size = 0;
  const reader = new ProtoReader(message);
  while (reader.next()) {
    if (reader.key === varintKey(1)) size = reader.varint();
    else reader.skip();
  }
  return size;
}

/** `half_val` holds the bits of both kinds of 16-bit numbers. */
function ofBits(type: number): (value: number) => number {
  return type === 19 ? halfFloat : type === 14 ? brainFloat : (value) => value;
}

function brainFloat(bits: number): number {
  return new Float32Array(Int32Array.of(bits << 16).buffer)[0] as number;
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = (bits & 0x3ff) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

/** Writes a `TensorProto` of doubles. */
export function writeDoubles(writer: ProtoWriter, shape: readonly number[], values: Float64Array): void {
  const content = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, index) => {
    content.setFloat64(8 * index, value, true);
  });
  writeShape(writer.varint(1, DOUBLE), shape);
  writer.bytes(4, new Uint8Array(content.buffer));
}

/** Writes a `TensorProto` of strings. */
export function writeStrings(
  writer: ProtoWriter,
  shape: readonly number[],
  values: readonly Uint8Array[],
): void {
  writeShape(writer.varint(1, STRING), shape);
  for (const value of values) writer.bytes(8, value);
}

/** Writes the shortest `TensorProto` that there is, for a summary whose value lies in its metadata. */
export function writeNothing(writer: ProtoWriter): void {
  writeShape(writer.varint(1, 1), [0]);
}

function writeShape(writer: ProtoWriter, shape: readonly number[]): void {
  writer.message(2, (message) => {
    for (const size of shape) message.message(2, (dimension) => void dimension.varint(1, size));
  });
}
