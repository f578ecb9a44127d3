import { encodeFileStart, encodeSessionStart, encodeSummary } from '@loopwright/event-files';
import { describe, expect, it } from 'vitest';
import { CsvDecoder } from './csv-decoder.ts';
import type { DecoderFactory } from './decoder.ts';
import { EventDecoder } from './event-decoder.ts';
import { JsonLinesDecoder } from './json-lines-decoder.ts';
import { Records } from './records.ts';

/** What becomes of a file that is read in pieces of so many bytes. */
function decode(make: DecoderFactory, content: string | Uint8Array, piece = Number.POSITIVE_INFINITY) {
  const records = new Records();
  const decoder = make(records);
  const bytes = Buffer.from(content);
  for (let start = 0; start < bytes.length; start += piece)
    decoder.take(bytes.subarray(start, start + piece));
  return { records, decoder };
}

/** Positions and values by name. */
function seriesOf({ series }: Records): Record<string, [position: number, value: number][]> {
  return Object.fromEntries(
    [...series].map(([name, { positions, values }]) => [
      name,
      [...positions.view()].map((position, index) => [position, values.at(index)]),
    ]),
  );
}

const jsonLines: DecoderFactory = (records) => new JsonLinesDecoder(records);
const csv: DecoderFactory = (records) => new CsvDecoder(records);
const events: DecoderFactory = (records) => new EventDecoder(records);

describe.each([1, 7, Number.POSITIVE_INFINITY])('in pieces of %d bytes', (piece) => {
  it('reads lines of JSON, and passes over what is none', () => {
    const lines = [
      '{"step":1,"loss":0.5,"note":"größer"}',
      '{"step":2,"loss":"NaN"}',
      'half a li{"step":',
      '',
      '[1,2]',
      '{"step":3,"loss":0.25,"nested":{"a":1},"none":null}',
      '{"step":4,"lo',
    ];
    const { records, decoder } = decode(jsonLines, lines.join('\n'), piece);
    expect(seriesOf(records)).toEqual({
      loss: [
        [1, 0.5],
        [2, Number.NaN],
        [3, 0.25],
      ],
    });
    expect(records.texts.get('note')?.all).toEqual([{ position: 1, item: 'größer' }]);
    expect(decoder.problem).toBe('2 lines that are no JSON record, the first in line 3');
    expect(decoder.isUnfinished).toBe(true);
  });

  it('reads comma-separated values, quoted ones too', () => {
    const text = 'step,"a ""b""",note\r\n1,0.5,"two\nlines"\r\n2,,\n3,NaN,x,surplus\n4,0.1,';
    const { records, decoder } = decode(csv, text, piece);
    expect(seriesOf(records)).toEqual({ 'a "b"': [[1, 0.5]] });
    expect(records.texts.get('note')?.all).toEqual([{ position: 1, item: 'two\nlines' }]);
    expect(decoder.problem).toBe('1 row has more cells than the header');
    expect(decoder.isUnfinished).toBe(true);
  });

  it('reads event files up to a record that is damaged, and says where that is', () => {
    const [first, second] = [1, 2].map((step) => summary(step, 'train/loss', 1 / step));
    const whole = Buffer.concat([
      encodeFileStart({ wallTime: 100 }),
      first as Uint8Array,
      second as Uint8Array,
    ]);
    const { records, decoder } = decode(events, whole, piece);
    expect(seriesOf(records)).toEqual({
      'train/loss': [
        [1, 1],
        [2, 0.5],
      ],
    });
    expect([...(records.series.get('train/loss')?.times?.view() ?? [])]).toEqual([1, 2]);
    expect([decoder.problem, decoder.isUnfinished]).toEqual([undefined, false]);
    const cut = decode(events, whole.subarray(0, -3), piece);
    expect(seriesOf(cut.records)).toEqual({ 'train/loss': [[1, 1]] });
    expect(cut.decoder.isUnfinished).toBe(true);
    const broken = Buffer.from(whole);
    broken[whole.length - 10] = (broken[whole.length - 10] as number) ^ 1;
    const damaged = decode(events, broken, piece);
    expect(seriesOf(damaged.records)).toEqual({ 'train/loss': [[1, 1]] });
    expect(damaged.decoder.problem).toContain(
      `damaged from byte ${whole.length - (second?.length ?? 0)} on: `,
    );
  });
});

describe('rows', () => {
  it('stand at the last step before them, if they have none', () => {
    const { records } = decode(
      jsonLines,
      '{"step":5,"a":1}\n{"epoch":0,"b":2}\n{"step":10,"a":3}\n{"epoch":1,"b":4}\n',
    );
    expect(seriesOf(records)).toEqual({
      a: [
        [5, 1],
        [10, 3],
      ],
      b: [
        [5, 2],
        [10, 4],
      ],
    });
    expect(records.epochs.at(7.5)).toBe(0.5);
  });

  it('that sum up an epoch do not take the place of its last step', () => {
    const { records } = decode(
      jsonLines,
      '{"step":1,"a":1}\n{"epoch":0,"a":5}\n{"step":2,"a":2}\n{"epoch":1,"a":6}\n',
    );
    expect(seriesOf(records)).toEqual({
      a: [
        [1, 1],
        [2, 2],
      ],
      a_epoch: [
        [1, 5],
        [2, 6],
      ],
    });
  });

  it('stand at their epoch where there are no steps, and at their number where there is neither', () => {
    expect(seriesOf(decode(jsonLines, '{"epoch":3,"a":1}\n{"epoch":4,"a":2}\n').records)).toEqual({
      a: [
        [3, 1],
        [4, 2],
      ],
    });
    expect(seriesOf(decode(jsonLines, '{"a":1}\n{"a":2}\n').records)).toEqual({
      a: [
        [1, 1],
        [2, 2],
      ],
    });
  });

  it('tell the time as seconds that go on after a resume, or by the clock', () => {
    const elapsed =
      '{"step":1,"seconds":5,"a":1}\n{"step":2,"seconds":9,"a":1}\n{"step":3,"seconds":2,"a":1}\n';
    const clock = '{"step":1,"time":1700000000,"a":1}\n{"step":2,"time":1700000003500,"a":1}\n';
    const dates =
      '{"step":1,"timestamp":"2026-01-01T00:00:00Z","a":1}\n{"step":2,"timestamp":"2026-01-01T00:01:00Z","a":1}\n';
    const times = [elapsed, clock, dates].map((text) => [
      ...(decode(jsonLines, text).records.series.get('a')?.times?.view() ?? []),
    ]);
    expect(times).toEqual([
      [5, 9, 11],
      [0, 3.5],
      [0, 60],
    ]);
    expect(decode(jsonLines, '{"step":1,"a":1}\n').records.series.get('a')?.times).toBeUndefined();
  });

  it('replace what a resumed run makes void, and that is told', () => {
    const { records } = decode(
      jsonLines,
      [1, 2, 3, 2, 3, 4].map((step, i) => `{"step":${step},"a":${i}}\n`).join(''),
    );
    expect(seriesOf(records)).toEqual({
      a: [
        [1, 0],
        [2, 3],
        [3, 4],
        [4, 5],
      ],
    });
    expect(records.returns).toBe(1);
  });

  it('may have names that mean something to JavaScript', () => {
    const { records } = decode(jsonLines, '{"step":1,"__proto__":2,"constructor":3,"":4}\n');
    expect(seriesOf(records)).toEqual(JSON.parse('{"__proto__":[[1,2]],"constructor":[[1,3]],"":[[1,4]]}'));
  });
});

describe('event files', () => {
  it('hold images, histograms, texts, hyper-parameters and epochs', () => {
    const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);
    const values = [
      { kind: 'image', tag: 'samples', value: { width: 1, height: 1, images: [png, png] } },
      { kind: 'histogram', tag: 'weights', value: [{ left: 0, right: 1, count: 3 }] },
      { kind: 'text', tag: 'note', value: { strings: ['a', 'b'], shape: [2] } },
      { kind: 'scalar', tag: 'epoch', value: 4 },
    ] as const;
    const { records } = decode(events, encodeSummary({ step: 7, wallTime: 1, values }));
    expect(records.images.get('samples')?.all).toEqual([{ position: 7, item: [png, png] }]);
    expect(records.histograms.get('weights')?.all[0]?.item).toEqual({ left: [0], right: [1], counts: [3] });
    expect(records.texts.get('note')?.all).toEqual([{ position: 7, item: 'a\n\nb' }]);
    expect(records.epochs.at(7)).toBe(4);
    expect(seriesOf(records)).toEqual({});
  });

  it('void all that was written at the step of a new session and later', () => {
    const files = [
      summary(1, 'a', 1),
      summary(5, 'a', 5),
      summary(6, 'b', 6),
      encodeSessionStart({ step: 5, wallTime: 9 }),
      summary(7, 'a', 7),
    ];
    expect(seriesOf(decode(events, Buffer.concat(files)).records)).toEqual({
      a: [
        [1, 1],
        [7, 7],
      ],
      b: [],
    });
  });
});

function summary(step: number, tag: string, value: number): Uint8Array {
  return encodeSummary({ step, wallTime: 100 + step, values: [{ kind: 'scalar', tag, value }] });
}

it('passes over a line of millions of brackets without taking it apart', () => {
  const { records, decoder } = decode(
    jsonLines,
    `{"step":1,"loss":1}\n${'['.repeat(5_000_000)}\n{"step":2,"loss":2}\n`,
    2 ** 19,
  );
  expect(seriesOf(records)).toEqual({
    loss: [
      [1, 1],
      [2, 2],
    ],
  });
  expect(decoder.problem).toBe('1 line that is no JSON record, the first in line 2');
});

it('reads a CSV cell of a million lines in time by its length', () => {
  const cell = 'a\n'.repeat(1_000_000);
  const { series } = decode(csv, `step,note,loss\n1,"${cell}",0.5\n`).records;
  expect(series.get('loss')?.values.at(0)).toBe(0.5);
});
