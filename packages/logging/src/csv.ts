import { checker, show } from '@loopwright/core';
import type { PlainRecord } from '@loopwright/metrics';
import { AppendFile } from './append-file.ts';
import { formatRow, parseRow, splitRows } from './csv-format.ts';
import { type FileSink, fileSink } from './file-sink.ts';

/** Options of {@link csv}. */
export interface CsvOptions {
  /** The first columns, in this order; others follow in the order in which they appear. None by default. */
  readonly columns?: readonly string[];
}

/**
 * Writes each record as one row of comma-separated values (RFC 4180, lines ended by `\n`).
 *
 * A column keeps its place for ever. When a record brings a name that has no column yet, as the first summary of an
 * epoch does among records of steps, the file is rewritten with the wider header: beside the old one, and renamed. A name
 * that a record lacks is an empty cell; an empty string is `""`.
 *
 * The file is appended to, so a resumed run continues it with its columns. A last row that a crash has cut off is removed
 * on opening.
 *
 * @param path the file; folders are made
 * @returns an observer that owns the file until `complete()` or `close()`
 * @throws LoopwrightError naming the path if it cannot be opened; from `next` if it cannot be written
 * @example
 * const table = csv('runs/baseline/metrics.csv', { columns: ['epoch', 'step'] });
 * metrics.subscribe(table);
 * metrics.next({ step: 1, 'train.loss': 0.5 });
 * metrics.next({ epoch: 0, 'val.loss': 0.4 });
 * metrics.complete();
 */
export function csv(path: string, options?: CsvOptions): FileSink {
  const check = checker('logging', 'csv');
  const { columns = [] } = check.options(options, ['columns']);
  if (!Array.isArray(columns)) check.fail(`columns must be an array of names, got ${show(columns)}`);
  for (const column of columns) check.string('columns', column);
  const table = new CsvTable(new AppendFile(check, path));
  table.addColumns(columns);
  return fileSink(table.file, (record) => table.append(record));
}

/** A file of rows under a header that can grow. */
class CsvTable {
  readonly file: AppendFile;
  private columns: readonly string[];

  constructor(file: AppendFile) {
    this.file = file;
    const text = file.readText();
    const { rows, end } = splitRows(text);
    if (end < text.length) file.truncate(Buffer.byteLength(text.slice(0, end)));
    this.columns = rows[0] === undefined ? [] : parseRow(rows[0]);
  }

  append(record: PlainRecord): void {
    this.addColumns(Object.keys(record));
    if (this.columns.length === 0) return; // An empty record before any other: no header, no row.
    this.file.append(`${formatRow(this.columns.map((name) => record[name]))}\n`);
  }

  addColumns(names: readonly string[]): void {
    const added = [...new Set(names)].filter((name) => !this.columns.includes(name));
    if (added.length === 0) return;
    const columns = [...this.columns, ...added];
    const [, ...rows] = splitRows(this.file.readText()).rows;
    const padding = ','.repeat(added.length);
    const widened = [formatRow(columns), ...rows.map((row) => row + padding)];
    this.file.replace(`${widened.join('\n')}\n`);
    this.columns = columns;
  }
}
