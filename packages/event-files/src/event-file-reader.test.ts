import { describe, expect, it } from 'vitest';
import { EventFileReader, encodeFileStart, encodeSessionStart, encodeSummary, frameRecord } from './index.ts';
import { ProtoWriter } from './proto-writer.ts';

const version = encodeFileStart({ wallTime: 0 });
const loss = (step: number, value: number) =>
  encodeSummary({ step, wallTime: step, values: [{ kind: 'scalar', tag: 'loss', value }] });

function changed(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}

function longHeader(length: number): Uint8Array {
  // The checksum of a length can only be right if it was made for it.
  return frameRecord(new Uint8Array(length)).subarray(0, 12);
}

describe('EventFileReader', () => {
  it('waits for the end of a record, byte by byte', () => {
    const reader = new EventFileReader();
    const file = Buffer.concat([version, loss(1, 0.5), loss(2, 0.25)]);
    const counts = [...file].map((byte) => reader.read(Uint8Array.of(byte)).length);
    const complete = counts.flatMap((count, index) => (count > 0 ? [index + 1] : []));
    expect(complete).toEqual([version.length, version.length + loss(1, 0.5).length, file.length]);
    expect(reader.position).toBe(file.length);
    expect(reader.damage).toBeUndefined();
  });

  it.each([
    ['a length with a wrong checksum', changed(loss(2, 0.25), 0), 'the checksum of its length is wrong'],
    ['data with a wrong checksum', changed(loss(2, 0.25), 20), 'the checksum of its data is wrong'],
    [
      'a wrong checksum of data',
      changed(loss(2, 0.25), loss(2, 0.25).length - 1),
      'the checksum of its data is wrong',
    ],
    ['zeros that a loss of power has left', new Uint8Array(64), 'the checksum of its length is wrong'],
    ['too long a record', longHeader(2001), 'it says that it is 2001 bytes long'],
    ['no message', frameRecord(Uint8Array.of(0x09, 1)), 'a field is longer than its message'],
    [
      'a message that is none inside',
      frameRecord(Uint8Array.of(0x2a, 2, 0x0a, 9)),
      'a field is longer than its message',
    ],
  ])('ends at %s, and keeps what is before it', (_, bad, reason) => {
    const reader = new EventFileReader({ maxRecordBytes: 2000 });
    const records = reader.read(Buffer.concat([version, loss(1, 0.5), bad, loss(3, 0.125)]));
    expect(records.map(({ step }) => step)).toEqual([0, 1]);
    expect(reader.damage).toEqual({ position: version.length + loss(1, 0.5).length, reason });
    expect(reader.read(loss(4, 1))).toEqual([]);
  });

  it('finds the damage also where the record came in pieces', () => {
    const reader = new EventFileReader();
    const file = Buffer.concat([version, changed(loss(1, 0.5), 15)]);
    for (let at = 0; at < file.length; at += 7) reader.read(file.subarray(at, at + 7));
    expect(reader.damage?.position).toBe(version.length);
  });

  it('knows a tag by what was said of it first', () => {
    const first = encodeSummary({
      step: 1,
      wallTime: 0,
      values: [{ kind: 'text', tag: 'note', value: { strings: ['a'], shape: [] } }],
    });
    const bare = frameRecord(
      new ProtoWriter()
        .varint(2, 2)
        .message(5, (summary) =>
          summary.message(1, (value) =>
            value.string(1, 'note').message(8, (tensor) => tensor.varint(1, 7).string(8, 'b')),
          ),
        )
        .finish(),
    );
    const texts = new EventFileReader().read(Buffer.concat([first, bare]));
    expect(texts).toMatchObject([
      { value: { strings: ['a'] } },
      { step: 2, kind: 'text', value: { strings: ['b'], shape: [] } },
    ]);
    expect(new EventFileReader().read(bare)).toMatchObject([{ kind: 'other', tag: 'note', plugin: '' }]);
  });

  it('passes over fields and events that it does not know', () => {
    const event = new ProtoWriter().double(1, 1).string(4, 'graph').string(20, 'new').finish();
    expect(new EventFileReader().read(Buffer.concat([frameRecord(event), loss(1, 0.5)]))).toHaveLength(1);
  });

  it('reads negative steps and sessions', () => {
    const file = Buffer.concat([encodeSessionStart({ step: 5, wallTime: 1 }), loss(-7, 0.5)]);
    expect(new EventFileReader().read(file)).toMatchObject([{ kind: 'start', step: 5 }, { step: -7 }]);
  });

  it('gives pictures of their own', () => {
    const values = [
      { kind: 'image', tag: 'i', value: { width: 1, height: 1, images: [Uint8Array.of(7)] } },
    ] as const;
    const file = encodeSummary({ step: 1, wallTime: 0, values });
    const [record] = new EventFileReader().read(file);
    file.fill(0);
    expect(record).toMatchObject({ value: { width: 1, height: 1, images: [Uint8Array.of(7)] } });
  });

  it('reads no more of one value than any writer has in it', () => {
    const tags = new ProtoWriter()
      .string(1, 'h')
      .message(9, (metadata) => metadata.message(1, (data) => data.string(1, 'histograms')));
    const bits = new Uint8Array(3_000_000).fill(1);
    const value = Buffer.concat([
      tags.finish(),
      new ProtoWriter().message(8, (tensor) => tensor.varint(1, 10).bytes(11, bits)).finish(),
    ]);
    const event = new ProtoWriter().message(5, (summary) => summary.bytes(1, value)).finish();
    const [record] = new EventFileReader().read(frameRecord(event));
    expect(record?.kind === 'histogram' && record.value).toHaveLength(Math.floor(2 ** 20 / 3));
  });

  it('refuses options that are not known or do not fit', () => {
    expect(() => new EventFileReader({ maxRecordBytes: 0 })).toThrow(
      '[loopwright/event-files] EventFileReader: maxRecordBytes must be a positive integer, got 0',
    );
    expect(() => new EventFileReader({ limit: 1 } as never)).toThrow('unknown option "limit"');
  });
});

describe('encoding', () => {
  it('refuses a step that is no integer, and a time that is none', () => {
    expect(() => loss(0.5, 1)).toThrow('[loopwright/event-files] encode: step must be an integer, got 0.5');
    expect(() => encodeFileStart({ wallTime: Number.NaN })).toThrow(
      'wallTime must be a finite number, got NaN',
    );
  });

  it.each([
    [{ kind: 'scalar', tag: 'loss', value: '0.5' }, 'the scalar "loss" must be a number, got "0.5"'],
    [{ kind: 'histogram', tag: 'w', value: 5 }, 'the histogram "w" must be a list of buckets, got 5'],
    [{ kind: 'image', tag: 'x', value: null }, 'the image "x" must be { width, height, images }, got null'],
    [{ kind: 'text', tag: 'x', value: 'note' }, 'the text "x" must be { strings, shape }, got "note"'],
    [{ kind: 'hparams', tag: 'x', value: {} }, 'the hparams "x" must be a part of hparams'],
    [{ kind: 'scalar', value: 1 }, 'tag must be a string, got undefined'],
    [{ kind: 'audio', tag: 'x', value: 1 }, 'kind must be one of "scalar", "histogram"'],
  ])('refuses what does not fit its kind: %j', (value, message) => {
    const encode = () => encodeSummary({ step: 1, wallTime: 0, values: [value as never] });
    expect(encode).toThrow(`[loopwright/event-files] encode: ${message}`);
  });
});
