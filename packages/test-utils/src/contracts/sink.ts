import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Scalar, scalar } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectNoLeak } from '../leak.ts';

type Value = number | string | boolean;

/** What every sink can do. */
export interface SinkSubject {
  next(record: { readonly [name: string]: Value | Scalar }): void;
  complete?(): void;
}

/** What {@link expectSink} needs to know of a sink. */
export interface SinkContract {
  /** A sink that adds to what is at this path, in a folder that may not exist. */
  readonly make: (path: string) => SinkSubject;
  /** What was written at the path: each record with the names that have a value, in any form that `String` makes equal. */
  readonly read: (path: string) => Record<string, Value>[];
  /** Whether the sink itself opens, and closes, what it writes to. */
  readonly ownsFile: boolean;
  /** Whether the path is that of a folder; of a file by default. */
  readonly isFolder?: boolean;
  /** What becomes of a record where a format has not all that records have; itself by default. */
  readonly stored?: (record: Record<string, Value>) => Record<string, Value>;
}

const plain: readonly Record<string, Value>[] = [
  { step: 1, 'train.loss': 0.1, note: 'a "quoted", two-line\ntext' },
  { step: 2, 'train.loss': Number.NaN, 'train.accuracy': Number.NEGATIVE_INFINITY },
  { epoch: 0, 'val.loss': 1e-7, best: true, note: ' größer ' },
  { step: 3, 'train.loss': 123456789.125 },
];

/**
 * The contract of every sink: it writes every record in order, whatever names come up later; reads the tensors that it is
 * lent and neither keeps nor disposes them; changes no record; goes on after what an earlier run has written; and, if the
 * file is its own, names the path in every error.
 */
export async function expectSink(contract: SinkContract): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-sink-'));
  try {
    expectAllInOrder(contract, join(folder, 'order', 'deep', 'metrics'));
    await expectNoLeak(() => expectBorrowedTensors(contract, join(folder, 'tensors')));
    expectResume(contract, join(folder, 'resume'));
    if (contract.ownsFile) expectClearErrors(contract, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function expectAllInOrder({ make, read, stored }: SinkContract, path: string): void {
  const sink = make(path);
  plain.forEach((record, index) => {
    sink.next(Object.freeze({ ...record }));
    expect(read(path), 'a record is written when next() returns').toHaveLength(index + 1);
  });
  sink.complete?.();
  expectRecords(read(path), storedAs(plain, stored));
}

function expectBorrowedTensors({ make, read }: SinkContract, path: string): void {
  const sink = make(path);
  const loss = scalar(0.25);
  const record = Object.freeze({ step: 1, loss });
  sink.next(record);
  expect(loss.isDisposed, 'tensors stay the lender’s').toBe(false);
  expect(record.loss, 'the record is not changed').toBe(loss);
  loss.dispose();
  sink.next({ step: 2, loss: 0.5 });
  sink.complete?.();
  expectRecords(read(path), [
    { step: 1, loss: 0.25 },
    { step: 2, loss: 0.5 },
  ]);
}

function expectResume({ make, read, stored }: SinkContract, path: string): void {
  plain.forEach((record) => {
    const sink = make(path);
    sink.next(record);
    sink.complete?.();
  });
  expectRecords(read(path), storedAs(plain, stored));
}

function expectClearErrors({ make, isFolder = false }: SinkContract, folder: string): void {
  if (!isFolder) expect(() => make(folder), 'a folder').toThrow(errorAbout(folder));
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const below = join(file, 'below');
  expect(() => make(below), 'below a file').toThrow(errorAbout(below));
  const closed = join(folder, 'closed');
  const sink = make(closed);
  sink.complete?.();
  sink.complete?.();
  expect(() => sink.next({ step: 1 }), 'after it has completed').toThrow(errorAbout(closed));
}

function storedAs(records: typeof plain, stored: SinkContract['stored'] = (record) => record): typeof plain {
  return records.map((record) => stored(record));
}

function errorAbout(path: string): RegExp {
  return new RegExp(`^\\[loopwright/[a-z-]+\\] .*${path.replace(/[^\w/-]/g, '\\$&')}`);
}

function expectRecords(
  actual: readonly Record<string, Value>[],
  expected: readonly Record<string, Value>[],
): void {
  const texts = (records: readonly Record<string, Value>[]) =>
    records.map((record) =>
      Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)])),
    );
  expect(texts(actual)).toEqual(texts(expected));
}
