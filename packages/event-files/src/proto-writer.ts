import { fixed32Key, fixed64Key, lengthKey, varintKey } from './proto-reader.ts';

const textEncoder = new TextEncoder();

/**
 * Writes the fields of a message, in the order of the calls. As in proto3, fields that have their default value are simply not
 * written by the caller.
 *
 * @example
 * new ProtoWriter().varint(1, 150).finish(); // 08 96 01
 */
export class ProtoWriter {
  private buffer = new Uint8Array(256);
  private view = new DataView(this.buffer.buffer);
  private length = 0;

  /** An integer; a negative one is written in 64 bits. */
  varint(field: number, value: number): this {
    this.raw(varintKey(field));
    this.raw(value);
    return this;
  }

  double(field: number, value: number): this {
    this.raw(fixed64Key(field));
    const start = this.reserve(8);
    this.view.setFloat64(start, value, true);
    return this;
  }

  float(field: number, value: number): this {
    this.raw(fixed32Key(field));
    const start = this.reserve(4);
    this.view.setFloat32(start, value, true);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, textEncoder.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.raw(lengthKey(field));
    this.raw(value.length);
    const start = this.reserve(value.length);
    this.buffer.set(value, start);
    return this;
  }

  /** A message in the message. Its length stands before it and is known after it, so it is moved if that takes more bytes. */
  message(field: number, write: (writer: ProtoWriter) => void): this {
    this.raw(lengthKey(field));
    const lengthAt = this.reserve(1);
    write(this);
    const { length: end } = this;
    const length = end - lengthAt - 1;
    this.reserve(varintBytes(length) - 1);
    this.buffer.copyWithin(this.length - length, lengthAt + 1, end);
    this.length = lengthAt;
    this.raw(length);
    this.length += length;
    return this;
  }

  /** What was written: a view, valid until the next call. */
  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private raw(value: number): void {
    let rest = value;
    if (value < 0) {
      let bits = BigInt.asUintN(64, BigInt(value));
      for (; bits >= 0x80n; bits >>= 7n) this.byte(Number(bits & 0x7fn) | 0x80);
      rest = Number(bits);
    }
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.byte((rest % 0x80) | 0x80);
    this.byte(rest);
  }

  private byte(value: number): void {
    const start = this.reserve(1);
    this.buffer[start] = value;
  }

  /** Makes room and returns where it begins. */
  private reserve(count: number): number {
    const start = this.length;
    this.length += count;
    if (this.length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.length, 2 * this.buffer.length));
      larger.set(this.buffer.subarray(0, start));
      this.buffer = larger;
      this.view = new DataView(larger.buffer);
    }
    return start;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}
