import { parseRow } from '@loopwright/core/csv';
import type { Decoder } from './decoder.ts';
import { LineBuffer } from './line-buffer.ts';
import type { Records } from './records.ts';
import { RowReader } from './row-reader.ts';

/** Reads `metrics.csv` (RFC 4180): a header, then a record a row. Rows of another width are counted and passed over. */
export class CsvDecoder implements Decoder {
  private readonly lines = new LineBuffer();
  private readonly rows: RowReader;
  /** Lines of a row whose quotes are still open. */
  private readonly open: string[] = [];
  private header: readonly string[] | undefined;
  private badRows = 0;

  constructor(records: Records) {
    this.rows = new RowReader(records);
  }

  take(bytes: Uint8Array): void {
    const text = this.lines.push(bytes);
    if (text === '') return;
    for (const line of text.slice(0, -1).split('\n')) {
      const turns = line.includes('"') && line.split('"').length % 2 === 0;
      if (turns !== this.open.length > 0) {
        this.open.push(line);
        continue;
      }
      const row = [...this.open.splice(0), line].join('\n');
      if (row !== '') this.takeRow(parseRow(row.endsWith('\r') ? row.slice(0, -1) : row));
    }
  }

  get problem(): string | undefined {
    return this.badRows === 0
      ? undefined
      : `${this.badRows} ${this.badRows === 1 ? 'row has' : 'rows have'} more cells than the header`;
  }

  get isUnfinished(): boolean {
    return this.lines.hasRest || this.open.length > 0;
  }

  private takeRow(cells: readonly string[]): void {
    if (this.header === undefined) {
      this.header = cells;
      return;
    }
    if (cells.length > this.header.length) {
      this.badRows += 1;
      return;
    }
    const named = this.header.map((name, index) => [name, cellValue(cells[index] ?? '')] as const);
    this.rows.take(Object.fromEntries(named.filter(([, value]) => value !== '')));
  }
}

function cellValue(cell: string): string | number {
  const number = Number(cell);
  return cell.trim() === '' || Number.isNaN(number) ? cell : number;
}
