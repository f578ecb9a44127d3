/** A table of texts: the first row is the head, the first column is aligned left and the others right. */
export type Cells = readonly (readonly string[])[];

/** For a terminal: two spaces between columns, a line below the head. */
export function plainTable(cells: Cells): string {
  const [head = '', ...rows] = padded(cells).map((row) => row.join('  ').trimEnd());
  const rule = '─'.repeat(widthsOf(cells).reduce((sum, width) => sum + width + 2, -2));
  return [head, rule, ...rows].join('\n');
}

/** For a document. */
export function markdownTable(cells: Cells): string {
  const [head = [], ...rows] = padded(cells);
  const rule = widthsOf(cells).map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function padded(cells: Cells): string[][] {
  const widths = widthsOf(cells);
  return cells.map((row) =>
    widths.map((width, i) => (i === 0 ? (row[i] ?? '').padEnd(width) : (row[i] ?? '').padStart(width))),
  );
}

function widthsOf(cells: Cells): number[] {
  const columns = Math.max(0, ...cells.map((row) => row.length));
  return Array.from({ length: columns }, (_, i) => Math.max(3, ...cells.map((row) => (row[i] ?? '').length)));
}
