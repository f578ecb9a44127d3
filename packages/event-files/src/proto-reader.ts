import { MalformedBytes } from './malformed-bytes.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Keys of fields, as {@link ProtoReader.key} has them. A field of another type than expected has another key. */
export const varintKey = (field: number): number => field * 8 + VARINT;
export const fixed64Key = (field: number): number => field * 8 + FIXED64;
export const lengthKey = (field: number): number => field * 8 + LENGTH;
export const fixed32Key = (field: number): number => field * 8 + FIXED32;

const textDecoder = new TextDecoder();
const scratch = new DataView(new ArrayBuffer(8));

/**
 * Reads the fields of a message one after the other. Every length is checked against the bytes that are there, and nothing is
 * copied but what {@link string} makes.
 *
 * @throws MalformedBytes from every method, where the bytes are no message
 *
 * @example
 * const reader = new ProtoReader(Uint8Array.of(0x08, 0x96, 0x01));
 * while (reader.next()) {
 *   if (reader.key === varintKey(1)) reader.varint(); // 150
 *   else reader.skip();
 * }
 */
export class ProtoReader {
  /** Number and type of the field, together. */
  key = 0;
  private readonly source: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.source = bytes;
  }

  /** Goes on to the next field, whose value has to be read or skipped; false at the end. */
  next(): boolean {
    if (this.atEnd) return false;
    this.key = this.varint();
    if (this.key < 8 || this.key >= 2 ** 32) throw new MalformedBytes(`a field has the key ${this.key}`);
    return true;
  }

  get atEnd(): boolean {
    return this.at === this.source.length;
  }

  /** A signed integer of 64 bits, rounded if it is beyond 2⁵³. */
  varint(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.atEnd) throw new MalformedBytes('a number has no end');
      const byte = this.source[this.at++] as number;
      if (shift < 28) low += (byte & 0x7f) * 2 ** shift;
      else high += (byte & 0x7f) * 2 ** (shift - 28);
      if (byte < 0x80) return low + signed(high) * 2 ** 28;
    }
    throw new MalformedBytes('a number is longer than ten bytes');
  }

  double(): number {
    return this.copy(8).getFloat64(0, true);
  }

  float(): number {
    return this.copy(4).getFloat32(0, true);
  }

  /** Bytes with their length before them: a view. */
  bytes(): Uint8Array {
    const length = this.varint();
    const start = this.take(length);
    return this.source.subarray(start, start + length);
  }

  /** Text; what is no UTF-8 becomes U+FFFD. */
  string(): string {
    return textDecoder.decode(this.bytes());
  }

  /** Passes over the value of the field. */
  skip(): void {
    const type = this.key % 8;
    if (type === VARINT) this.varint();
    else if (type === FIXED64) this.take(8);
    else if (type === LENGTH) this.bytes();
    else if (type === FIXED32) this.take(4);
    else throw new MalformedBytes(`a field has the unknown wire type ${type}`);
  }

  /** The next bytes in a place of their own: a view of each message would take longer than to read it. */
  private copy(count: number): DataView {
    const start = this.take(count);
    for (let at = 0; at < count; at++) scratch.setUint8(at, this.source[start + at] as number);
    return scratch;
  }

  private take(count: number): number {
    const start = this.at;
    if (count < 0 || count > this.source.length - start) {
      throw new MalformedBytes('a field is longer than its message');
    }
    this.at = start + count;
    return start;
  }
}

/** The upper 36 bits of a number of 64, as a signed number. */
function signed(high: number): number {
  const bits = high % 2 ** 36;
  return bits >= 2 ** 35 ? bits - 2 ** 36 : bits;
}
