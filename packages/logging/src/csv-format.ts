/** A row of comma-separated values by RFC 4180; `undefined` is an empty cell, and an empty string a quoted one. */
export function formatRow(cells: readonly (string | number | boolean | undefined)[]): string {
  return cells.map((cell) => (cell === undefined ? '' : formatCell(String(cell)))).join(',');
}

function formatCell(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The cells of one row, without their quotes. */
export function parseRow(row: string): string[] {
  const cells = row.matchAll(/(?<=^|,)(?:"((?:[^"]|"")*)"|([^,]*))(?=,|$)/g);
  return Array.from(cells, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

/** The rows of a text as they are written, without their line ends, and the position after the last line end. */
export interface Rows {
  readonly rows: readonly string[];
  readonly end: number;
}

/** Splits a text into its rows. A line end inside quotes ends none, and what has no line end is not yet a row. */
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
