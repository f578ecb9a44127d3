import {
  EventFileReader,
  type EventRecord,
  encodeFileStart,
  encodeSessionStart,
  encodeSummary,
  frameRecord,
  liveValues,
  type SummaryValue,
} from '@loopwright/event-files';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const text = fc.string({ unit: 'grapheme' });
const double = fc.double();
const values: fc.Arbitrary<SummaryValue> = fc.oneof(
  fc.record({ kind: fc.constant('scalar' as const), tag: text, value: fc.float() }),
  fc.record({
    kind: fc.constant('histogram' as const),
    tag: text,
    value: fc.array(fc.record({ left: double, right: double, count: double }), { maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('image' as const),
    tag: text,
    value: fc.record({
      width: fc.nat(),
      height: fc.nat(),
      images: fc.array(fc.uint8Array(), { maxLength: 3 }),
    }),
  }),
  fc.record({
    kind: fc.constant('text' as const),
    tag: text,
    value: fc.array(text, { maxLength: 3 }).map((strings) => ({ strings, shape: [strings.length] })),
  }),
  fc.record({
    kind: fc.constant('hparams' as const),
    tag: text,
    value: fc.record({
      part: fc.constant('start' as const),
      hparams: fc.dictionary(text, fc.oneof(double, text, fc.boolean()), { noNullPrototype: true }),
      group: text,
      time: double,
    }),
  }),
);
const moment = fc.record({
  step: fc.maxSafeInteger(),
  wallTime: fc.double({ noNaN: true, noDefaultInfinity: true }),
});
/** Whoever writes a tag says whose it is, so that a tag has one kind. */
const distinctTags = (summary: readonly SummaryValue[]) =>
  summary.map((value, index) => ({ ...value, tag: `${value.kind}/${index % 2}/${value.tag}` }));
const summaries = fc.tuple(moment, fc.array(values, { maxLength: 3 }).map(distinctTags));

function encodeFile(
  contents: readonly (readonly [{ step: number; wallTime: number }, SummaryValue[]])[],
): Buffer {
  return Buffer.concat([
    encodeFileStart({ wallTime: 0 }),
    ...contents.map(([at, inside]) => encodeSummary({ ...at, values: inside })),
  ]);
}

/** Reads bytes in pieces of these lengths, over and over. */
function readPieces(
  bytes: Uint8Array,
  lengths: readonly number[],
): { reader: EventFileReader; records: EventRecord[] } {
  const reader = new EventFileReader();
  const records: EventRecord[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const length = Math.max(1, lengths[turn % Math.max(1, lengths.length)] ?? bytes.length);
    records.push(...reader.read(bytes.subarray(at, at + length)));
    at += length;
  }
  return { reader, records };
}

const startAtMinusZero: SummaryValue = {
  kind: 'hparams',
  tag: 'hparams/0/',
  value: { part: 'start', hparams: {}, group: '', time: -0 },
};

it('what is written is read, in whatever pieces', () => {
  fc.assert(
    fc.property(fc.array(summaries, { maxLength: 5 }), fc.array(fc.nat({ max: 50 })), (contents, lengths) => {
      const { reader, records } = readPieces(encodeFile(contents), lengths);
      expect(reader.damage).toBeUndefined();
      const expected = contents.flatMap(([at, inside]) => inside.map((value) => ({ ...at, ...value })));
      expect(records.slice(1)).toEqual(expected);
    }),
    { numRuns: 500, examples: [[[[{ step: 0, wallTime: 0 }, [startAtMinusZero]]], []]] },
  );
});

it('a file that is cut off anywhere gives its whole records, and the others when they come', () => {
  fc.assert(
    fc.property(fc.array(summaries, { minLength: 1, maxLength: 4 }), fc.nat(), (contents, cut) => {
      const bytes = encodeFile(contents);
      const whole = new EventFileReader().read(bytes);
      const reader = new EventFileReader();
      const early = reader.read(bytes.subarray(0, cut % bytes.length));
      expect(reader.damage).toBeUndefined();
      expect(early).toEqual(whole.slice(0, early.length));
      expect([...early, ...reader.read(bytes.subarray(reader.position))]).toEqual(whole);
    }),
    { numRuns: 300 },
  );
});

const edit = fc.record({ at: fc.nat(), remove: fc.nat({ max: 9 }), insert: fc.uint8Array({ maxLength: 9 }) });

it('a changed byte is found out: what is before it counts, and nothing after it', () => {
  fc.assert(
    fc.property(
      fc.array(summaries, { minLength: 1, maxLength: 4 }),
      edit,
      (contents, { at, remove, insert }) => {
        const bytes = encodeFile(contents);
        const start = at % bytes.length;
        const changed = Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
        const whole = new EventFileReader().read(bytes);
        const reader = new EventFileReader();
        const records = reader.read(changed);
        // Removing what is inserted again, or whole records, leaves a file without damage.
        if (reader.damage === undefined) return;
        expect(records).toEqual(whole.slice(0, records.length));
        expect(reader.damage.position).toBeLessThanOrEqual(start);
        expect(reader.read(bytes)).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});

/** Data that look like messages: keys of fields that exist, with lengths and contents that may lie. */
const message = fc.letrec<{ message: Uint8Array }>((tie) => ({
  message: fc
    .array(
      fc.tuple(
        fc.nat({ max: 18 }),
        fc.constantFrom(0, 1, 2, 2, 2, 5),
        fc.oneof(fc.uint8Array({ maxLength: 12 }), tie('message')),
        fc.nat({ max: 2 }),
      ),
      { maxLength: 4 },
    )
    .map((fields) =>
      Uint8Array.from(
        fields.flatMap(([field, type, inside, lie]) => {
          const length = Math.min(127, inside.length + (lie === 2 ? 1 : 0));
          return [Math.min(127, field * 8 + type), ...(type === 2 ? [length] : []), ...inside.slice(0, 127)];
        }),
      ),
    ),
})).message;

it('nothing that a record may hold throws', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(message, fc.uint8Array({ maxLength: 60 })), { maxLength: 6 }),
      (contents) => {
        const reader = new EventFileReader();
        for (const content of contents) reader.read(frameRecord(content));
      },
    ),
    { numRuns: 3000 },
  );
});

it('no bytes at all throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(new EventFileReader().read(bytes)).toEqual([]);
    }),
    { numRuns: 1000 },
  );
});

it('what lives is what no later session has made void', () => {
  const record = fc.record({ step: fc.nat({ max: 9 }), start: fc.boolean() });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), (contents) => {
      const bytes = contents.map(({ step, start }, index) =>
        start
          ? encodeSessionStart({ step, wallTime: index })
          : encodeSummary({ step, wallTime: index, values: [{ kind: 'scalar', tag: 'loss', value: 1 }] }),
      );
      const live = contents.flatMap(({ step, start }, index) => {
        const isVoid = contents.slice(index).some((later) => later.start && later.step <= step);
        return start || isVoid ? [] : [index];
      });
      const records = new EventFileReader().read(Buffer.concat(bytes));
      expect(liveValues(records).map(({ wallTime }) => wallTime)).toEqual(live);
    }),
    { numRuns: 500 },
  );
});
