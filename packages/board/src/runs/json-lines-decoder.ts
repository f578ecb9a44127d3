import type { Decoder } from './decoder.ts';
import { LineBuffer } from './line-buffer.ts';
import type { Records } from './records.ts';
import { type Row, RowReader } from './row-reader.ts';

/** Reads `metrics.jsonl`: one record a line. Lines that are none are counted and passed over. */
export class JsonLinesDecoder implements Decoder {
  private readonly lines = new LineBuffer();
  private readonly rows: RowReader;
  private lineCount = 0;
  private badLines = 0;
  private firstBadLine = 0;

  constructor(records: Records) {
    this.rows = new RowReader(records);
  }

  take(bytes: Uint8Array): void {
    const text = this.lines.push(bytes);
    if (text === '') return;
    const rows = parseAll(text);
    if (rows === undefined) {
      this.takeLineByLine(text);
      return;
    }
    for (const row of rows) this.rows.take(row);
    this.lineCount += rows.length;
  }

  get problem(): string | undefined {
    if (this.badLines === 0) return undefined;
    const [lines, verb] = this.badLines === 1 ? ['line', 'is'] : ['lines', 'are'];
    return `${this.badLines} ${lines} that ${verb} no JSON record, the first in line ${this.firstBadLine}`;
  }

  get isUnfinished(): boolean {
    return this.lines.hasRest;
  }

  private takeLineByLine(text: string): void {
    for (const line of text.slice(0, -1).split('\n')) {
      this.lineCount += 1;
      if (line.trim() === '') continue;
      const row = parse(line);
      if (isRow(row)) {
        this.rows.take(row);
        continue;
      }
      if (this.badLines === 0) this.firstBadLine = this.lineCount;
      this.badLines += 1;
    }
  }
}

/** All lines parsed at once, which is several times faster than one by one; undefined unless each of them is a record. */
function parseAll(text: string): Row[] | undefined {
  const rows = parse(`[${text.slice(0, -1).replaceAll('\n', ',')}]`);
  const isWhole = Array.isArray(rows) && rows.length === countLines(text) && rows.every(isRow);
  return isWhole ? rows : undefined;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
