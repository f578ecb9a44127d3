/**
 * Comma-separated values by RFC 4180.
 * @packageDocumentation
 */
/**
 * A row, without its line end; `undefined` is an empty cell, and an empty string a quoted one.
 *
 * @example
 * formatRow(['a, b', 1, undefined]); // '"a, b",1,'
 */
export function formatRow(cells: readonly (string | number | boolean | undefined)[]): string {
  return cells.map((cell) => (cell === undefined ? '' : formatCell(String(cell)))).join(',');
}

function formatCell(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The cells of one row, without their quotes. What is not quoted as it should be is a cell as it stands.
 *
 * @example
 * parseRow('"a, b",1,'); // ['a, b', '1', '']
 */
export function parseRow(row: string): string[] {
  if (!row.includes('"')) return row.split(',');
  const cells: string[] = [];
  for (let start = 0; start <= row.length; ) {
    const quoted = quotedEnd(row, start);
    const comma = row.indexOf(',', start);
    const end = quoted ?? (comma < 0 ? row.length : comma);
    const isQuoted = quoted !== undefined;
    cells.push(isQuoted ? row.slice(start + 1, end - 1).replaceAll('""', '"') : row.slice(start, end));
    start = end + 1;
  }
  return cells;
}

/** Where a quoted cell ends that starts here; by hand, since a pattern takes stack by the length of the cell. */
function quotedEnd(row: string, start: number): number | undefined {
  if (row[start] !== '"') return undefined;
  let quote = row.indexOf('"', start + 1);
  while (quote >= 0 && row[quote + 1] === '"') quote = row.indexOf('"', quote + 2);
  const isEnd = quote >= 0 && (quote + 1 === row.length || row[quote + 1] === ',');
  return isEnd ? quote + 1 : undefined;
}

/** The rows of a text as they are written, without their line ends, and the position after the last line end. */
export interface Rows {
  readonly rows: readonly string[];
  readonly end: number;
}

/**
 * Splits a text into its rows. A line end inside quotes ends none, and what has no line end is not yet a row.
 *
 * @example
 * splitRows('a,b\n1,2\n3'); // { rows: ['a,b', '1,2'], end: 8 }
 */
export function splitRows(text: string): Rows {
  const rows: string[] = [];
  let end = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') quoted = !quoted;
    if (text[at] !== '\n' || quoted) continue;
    rows.push(text.slice(end, text[at - 1] === '\r' ? at - 1 : at));
    end = at + 1;
  }
  return { rows, end };
}
