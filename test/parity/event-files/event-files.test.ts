import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EventFileReader,
  type EventRecord,
  histogramBuckets,
  liveValues,
  type ValueRecord,
} from '@loopwright/event-files';
import { describe, expect, it } from 'vitest';
import { writeOurs } from './ours.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

interface Tag {
  readonly kind: string;
  readonly values: { readonly step: number; readonly wallTime: number; readonly value: Json }[];
}

interface Golden {
  readonly version: string;
  readonly theirs: { readonly writer: string; readonly bytes: string; readonly records: Json[] }[];
  readonly ours: {
    /** The files of each run, in order. */
    readonly files: Record<string, string[]>;
    /** What TensorBoard shows of each run, by tag. */
    readonly seen: Record<string, Record<string, Tag>>;
    /** Step and value of the scalars, by TensorBoard's faster loader. */
    readonly fast: Record<string, Record<string, [number, Json][]>>;
  };
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));

/** Bytes as base64, and numbers that JSON has not as text. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, plain(inside)]));
}

function read(...files: string[]): EventRecord[] {
  return files.flatMap((file) => {
    const reader = new EventFileReader();
    const records = reader.read(Buffer.from(file, 'base64'));
    expect(reader.damage).toBeUndefined();
    return records;
  });
}

/** Ends of buckets are sums in another order of rounding, or were float32 for a while; counts are exact. */
function roundEnds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(roundEnds);
  if (typeof value !== 'object' || value === null) return value;
  const round = (name: string, inside: unknown) =>
    name === 'left' || name === 'right' ? Number(Number(inside).toPrecision(6)) : roundEnds(inside);
  return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, round(name, inside)]));
}

/** The values by tag. Of hyper-parameters TensorBoard keeps what was written first. */
function seenOf(records: readonly ValueRecord[]): Record<string, Tag> {
  const tags = new Map<string, Tag>();
  for (const record of records) {
    const { kind, step, wallTime } = record;
    const tag = tags.get(record.tag) ?? { kind, values: [] };
    const value = record.kind === 'other' ? null : plain(record.value);
    const first = kind === 'hparams' ? tag.values[0] : undefined;
    tag.values.push({ step, wallTime, value: first === undefined ? (value as Json) : first.value });
    tags.set(record.tag, tag);
  }
  return Object.fromEntries(tags);
}

describe(`the reader sees what TensorBoard ${golden.version} sees`, () => {
  it.each(golden.theirs)('in a file by $writer', ({ bytes, records }) => {
    expect(roundEnds(plain(read(bytes)))).toEqual(roundEnds(records));
  });

  it('in a folder of ours, of which a part was run again', () => {
    for (const [run, files] of Object.entries(golden.ours.files)) {
      expect(seenOf(liveValues(read(...files)))).toEqual(golden.ours.seen[run]);
    }
  });
});

describe(`TensorBoard ${golden.version} sees what we write`, () => {
  it('because our writer still writes the very bytes that it has read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'loopwright-events-'));
    try {
      writeOurs(folder);
      const files = Object.keys(golden.ours.files).map((run) => {
        const names = readdirSync(join(folder, run))
          .filter((name) => name.includes('tfevents'))
          .sort();
        return [run, names.map((name) => readFileSync(join(folder, run, name)).toString('base64'))];
      });
      expect(Object.fromEntries(files)).toEqual(golden.ours.files);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('and steps that are run again are there once, in both of its loaders', () => {
    const { seen, fast } = golden.ours;
    expect(fast.train?.loss).toEqual([
      [1, 1],
      [2, 0.5],
      [3, 'NaN'],
      ...[4, 5, 6, 7, 8].map((step) => [step, Math.fround(10 / step)]),
    ]);
    for (const [run, tags] of Object.entries(fast)) {
      for (const [tag, points] of Object.entries(tags)) {
        const values = seen[run]?.[tag]?.values;
        expect(values?.map(({ step, value }) => [step, value])).toEqual(points);
      }
    }
    expect(seen['.']?.note?.values).toMatchObject([
      { step: 3, value: { strings: ['first'] } },
      { step: 6, value: { strings: ['second'] } },
    ]);
  });
});

it('histograms have the buckets of numpy in TensorBoard’s summary of them', () => {
  const weights = read(golden.theirs[3]?.bytes as string).find(({ kind }) => kind === 'histogram');
  const values = Array.from({ length: 20 }, (_, index) => -1 + (2 * index) / 19);
  expect(weights).toMatchObject({ value: histogramBuckets(values, 4) });
});
