import { type Checker, checker, checkState, type StateDict, type StateValue, show } from '@loopwright/core';
import { formatRow, parseRow, splitRows } from '@loopwright/core/csv';
import type { PlainRecord } from '@loopwright/metrics';
import { AppendFile } from './append-file.ts';
import {
  type FileSink,
  type FileSinkOptions,
  fileSink,
  keptOf,
  type RecordFile,
  replacesExisting,
} from './file-sink.ts';

/** Options of {@link csv}. */
export interface CsvOptions extends FileSinkOptions {
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
 * The file is appended to, so a resumed run continues it with its columns; as a part of the run, opened with
 * `existing: 'resume'`, it is that of a run that was never interrupted. A last row that a crash has cut off is removed
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
  const { columns = [], existing } = check.options(options, ['columns', 'existing']);
  checkNames(check, 'columns', columns);
  const replaces = replacesExisting(check, existing);
  const file = new AppendFile(check, path);
  const table = new CsvTable(check, file, replaces ? { columns, rows: 0 } : undefined);
  if (!replaces || file.size === 0) table.addColumns(columns);
  return fileSink(file, table);
}

/** The upper left part of a table. */
interface Part {
  readonly columns: readonly string[];
  readonly rows: number;
}

/** A file of rows under a header that can grow. */
class CsvTable implements RecordFile {
  private readonly check: Checker;
  private readonly file: AppendFile;
  private columns: readonly string[];
  private rows: number;
  /** What is left of the table when the next record is written; undefined if all. */
  private kept: Part | undefined;

  constructor(check: Checker, file: AppendFile, kept: Part | undefined) {
    this.check = check;
    this.file = file;
    this.kept = kept;
    const text = file.readText();
    const { rows, end } = splitRows(text);
    if (end < text.length) file.truncate(Buffer.byteLength(text.slice(0, end)));
    this.columns = rows[0] === undefined ? [] : parseRow(rows[0]);
    this.rows = Math.max(0, rows.length - 1);
  }

  append(record: PlainRecord): void {
    this.cutBack();
    this.addColumns(Object.keys(record));
    if (this.columns.length === 0) return; // An empty record before any other: no header, no row.
    this.file.append(`${formatRow(this.columns.map((name) => record[name]))}\n`);
    this.rows += 1;
  }

  addColumns(names: readonly string[]): void {
    const added = [...new Set(names)].filter((name) => !this.columns.includes(name));
    if (added.length === 0) return;
    const columns = [...this.columns, ...added];
    const [, ...rows] = splitRows(this.file.readText()).rows;
    const padding = ','.repeat(added.length);
    this.rewrite(
      columns,
      rows.map((row) => row + padding),
    );
  }

  stateDict(): StateDict {
    const { columns, rows } = this.kept ?? { columns: this.columns, rows: this.rows };
    return { version: 1, columns: [...columns], rows };
  }

  loadStateDict(state: StateDict): void {
    const saved = checkState(this.check, state, 1, ['columns', 'rows']);
    const columns = checkNames(this.check, 'state.columns', saved.columns);
    const rows = this.check.integer('state.rows', saved.rows, { min: 0 });
    const kept = keptOf(this.check, this.file, rows, 'rows', this.rows);
    if (kept > 0 && columns.some((name, index) => name !== this.columns[index])) {
      this.check.fail(
        `${show(this.file.path)} has the columns ${show(this.columns)}, but had ${show(columns)} when the run was saved`,
      );
    }
    this.kept = { columns, rows: kept };
  }

  private cutBack(): void {
    const { kept } = this;
    if (kept === undefined) return;
    const [, ...rows] = splitRows(this.file.readText()).rows;
    // Columns that came later are empty in rows that came before.
    const later = Math.max(0, this.columns.length - kept.columns.length);
    this.rewrite(
      kept.columns,
      rows.slice(0, kept.rows).map((row) => row.slice(0, row.length - later)),
    );
    this.kept = undefined;
  }

  private rewrite(columns: readonly string[], rows: readonly string[]): void {
    const lines = columns.length === 0 ? [] : [formatRow(columns), ...rows];
    this.file.replace(lines.map((line) => `${line}\n`).join(''));
    this.columns = columns;
    this.rows = rows.length;
  }
}

function checkNames(check: Checker, what: string, names: readonly string[] | StateValue): readonly string[] {
  if (!Array.isArray(names)) return check.fail(`${what} must be an array of names, got ${show(names)}`);
  return names.map((name) => check.string(what, name));
}
