import { describe, expect, it } from 'vitest';
import { MalformedBytes } from './malformed-bytes.ts';
import { fixed64Key, lengthKey, ProtoReader, varintKey } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';

describe('ProtoWriter and ProtoReader', () => {
  it.each([0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 - 1, 2 ** 53 - 1, -1, -300, -(2 ** 53) + 1])(
    'keep %d',
    (value) => {
      const reader = new ProtoReader(new ProtoWriter().varint(3, value).finish());
      expect(reader.next()).toBe(true);
      expect(reader.key).toBe(varintKey(3));
      expect(reader.varint()).toBe(value);
      expect(reader.next()).toBe(false);
    },
  );

  it('write what the documentation of protocol buffers shows', () => {
    expect([...new ProtoWriter().varint(1, 150).finish()]).toEqual([0x08, 0x96, 0x01]);
    expect([...new ProtoWriter().string(2, 'testing').finish()]).toEqual([
      0x12,
      7,
      ...Buffer.from('testing'),
    ]);
    expect([...new ProtoWriter().message(3, (inner) => inner.varint(1, 150)).finish()]).toEqual([
      0x1a, 0x03, 0x08, 0x96, 0x01,
    ]);
  });

  it('grow', () => {
    const text = 'ä'.repeat(10_000);
    const reader = new ProtoReader(new ProtoWriter().double(1, -0.1).string(2, text).finish());
    expect([reader.next(), reader.key, reader.double()]).toEqual([true, fixed64Key(1), -0.1]);
    expect([reader.next(), reader.key, reader.string()]).toEqual([true, lengthKey(2), text]);
  });

  it('pass over fields of every type', () => {
    const reader = new ProtoReader(
      new ProtoWriter().varint(1, -1).double(2, 1).string(3, 'x').float(4, 1).varint(5, 7).finish(),
    );
    for (let field = 1; field <= 4; field++) {
      reader.next();
      reader.skip();
    }
    expect([reader.next(), reader.varint()]).toEqual([true, 7]);
  });

  it.each<[string, number[], (reader: ProtoReader) => void]>([
    ['a number without end', [0x08, 0x80], (reader) => reader.varint()],
    ['a number of eleven bytes', [0x08, ...Array(11).fill(0x80)], (reader) => reader.varint()],
    ['a length beyond the end', [0x0a, 0x05, 1], (reader) => reader.bytes()],
    ['a negative length', [0x0a, ...Array(9).fill(0xff), 0x01], (reader) => reader.bytes()],
    ['half a double', [0x09, 1, 2], (reader) => reader.double()],
    ['a group', [0x0b], (reader) => reader.skip()],
  ])('refuse %s', (_, bytes, read) => {
    const reader = new ProtoReader(Uint8Array.from(bytes));
    reader.next();
    expect(() => read(reader)).toThrow(MalformedBytes);
  });

  it.each([[[0x00]], [[0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]]])('refuse the key %j', (bytes) => {
    expect(() => new ProtoReader(Uint8Array.from(bytes)).next()).toThrow(/a field has the key/);
  });
});
