import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { formatRow, parseRow, splitRows } from '@loopwright/core/csv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csv } from './index.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-csv-'));
  path = join(folder, 'metrics.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = () => readFileSync(path, 'utf8');

describe('csv', () => {
  it('keeps the place of every column and widens the table for new names', () => {
    const sink = csv(path);
    sink.next({ step: 1, 'train.loss': 0.5 });
    sink.next({ 'train.loss': 0.25, step: 2 });
    sink.next({ epoch: 0, 'val.loss': 0.75 });
    sink.next({ step: 3 });
    sink.close();
    expect(text()).toBe('step,train.loss,epoch,val.loss\n1,0.5,,\n2,0.25,,\n,,0,0.75\n3,,,\n');
  });

  it('writes the given columns first, and at once', () => {
    const sink = csv(path, { columns: ['epoch', 'val.loss'] });
    expect(text()).toBe('epoch,val.loss\n');
    sink.next({ 'val.accuracy': 0.5, epoch: 0 });
    sink.close();
    expect(text()).toBe('epoch,val.loss,val.accuracy\n0,,0.5\n');
  });

  it('continues the columns of an earlier run', () => {
    const first = csv(path);
    first.next({ 'a,b': 1, 'say "hi"': 2, 'two\nlines': 3 });
    first.close();
    const second = csv(path);
    second.next({ 'two\nlines': 6, 'say "hi"': 5, 'a,b': 4 });
    second.close();
    expect(text()).toBe('"a,b","say ""hi""","two\nlines"\n1,2,3\n4,5,6\n');
  });

  it('tells an empty string from a missing value, also when the table is widened', () => {
    const sink = csv(path);
    sink.next({ a: '', b: 1 });
    sink.next({ c: '"' });
    sink.close();
    expect(text()).toBe('a,b,c\n"",1,\n,,""""\n');
  });

  it('writes numbers that are not finite, booleans and small numbers so that they can be read', () => {
    const sink = csv(path);
    sink.next({ a: Number.NaN, b: Number.NEGATIVE_INFINITY, c: true, d: 1e-9, e: 0.1 + 0.2 });
    sink.close();
    expect(text()).toBe('a,b,c,d,e\nNaN,-Infinity,true,1e-9,0.30000000000000004\n');
  });

  it.each([
    ['a row cut off by a crash', 'a,b\n1,2\n3,', 'a,b\n1,2\n'],
    ['a header cut off', 'a,', ''],
    ['a text of two lines cut off', 'a,b\n1,2\n3,"two\nli', 'a,b\n1,2\n'],
    [
      'a cut through a character',
      Buffer.concat([Buffer.from('a,b\n1,ä\n2,'), Buffer.of(0xc3)]),
      'a,b\n1,ä\n',
    ],
  ])('removes %s on opening, and goes on', (_, before, after) => {
    writeFileSync(path, before);
    const sink = csv(path);
    expect(text()).toBe(after);
    sink.next({ a: 5, b: 6 });
    sink.close();
    expect(text()).toBe(`${after || 'a,b\n'}5,6\n`);
  });

  it('reads tables with other line ends', () => {
    writeFileSync(path, 'a,b\r\n1,2\r\n');
    const sink = csv(path);
    sink.next({ b: 4, c: 5 });
    sink.close();
    expect(text()).toBe('a,b,c\n1,2,\n,4,5\n');
  });

  it('writes no row for a record without values before there is a header', () => {
    const sink = csv(path);
    sink.next({});
    sink.next({ a: 1 });
    sink.close();
    expect(text()).toBe('a\n1\n');
  });

  it('keeps the old table whole if it cannot be widened, and goes on with it', () => {
    path = join(folder, `${'long-name-'.repeat(23)}.csv`); // Fits; the name of a file beside it does not.
    writeFileSync(path, 'a\n1\n');
    const sink = csv(path);
    expect(() => sink.next({ b: 2 })).toThrow(`[loopwright/logging] csv: cannot replace "${path}": `);
    expect(text()).toBe('a\n1\n');
    sink.next({ a: 3 });
    sink.close();
    expect(text()).toBe('a\n1\n3\n');
    expect(readdirSync(folder)).toEqual([basename(path)]);
  });

  it('writes nothing as long as rows that are void cannot be removed', () => {
    path = join(folder, `${'long-name-'.repeat(23)}.csv`);
    writeFileSync(path, 'a\n1\n2\n');
    const sink = csv(path, { existing: 'resume' });
    sink.loadStateDict({ version: 1, columns: ['a'], rows: 1 });
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(() => sink.next({ a: 2 })).toThrow('csv: cannot replace');
      expect(text()).toBe('a\n1\n2\n');
      expect(sink.stateDict()).toEqual({ version: 1, columns: ['a'], rows: 1 });
    }
    sink.close();
  });

  it('refuses bad options by name', () => {
    expect(() => csv(path, { columns: 'a,b' as never })).toThrow(
      '[loopwright/logging] csv: columns must be an array of names, got "a,b"',
    );
    expect(() => csv(path, { columns: ['a', ''] })).toThrow(
      'csv: columns must be a non-empty string, got ""',
    );
    expect(() => csv(path, { header: [] } as never)).toThrow('csv: unknown option "header"');
    expect(existsSync(path)).toBe(false);
  });
});

describe('the format', () => {
  it.each([
    [['a', 'b']],
    [['', 'b', '']],
    [['a,b', '"', 'x""y']],
    [['two\nlines', ' padded ', '\r']],
    [['']],
  ])('reads back what it writes: %j', (cells) => {
    const row = formatRow(cells);
    expect(splitRows(`${row}\n`)).toEqual({ rows: [row], end: row.length + 1 });
    expect(parseRow(row)).toEqual(cells);
  });

  it('leaves missing cells empty', () => {
    expect(formatRow([undefined, 1, undefined])).toBe(',1,');
    expect(parseRow(',1,')).toEqual(['', '1', '']);
  });

  it('reads cells of any length, and those that are quoted badly as they stand', () => {
    const long = 'a'.repeat(10_000_000);
    expect(parseRow(`"${long}",1`)).toEqual([long, '1']);
    expect(parseRow('"a"b,"c,""')).toEqual(['"a"b', '"c', '']);
  });
});
