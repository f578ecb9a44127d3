import type { Conclusion } from './benchmark.ts';
import type { Cells } from './columns.ts';
import { isMeasured, type MeasuredRow, type Row } from './row.ts';
import type { CaseResult } from './run-case.ts';

/** A column: its head, and what it says of a row; empty where nothing is known. */
type Column = readonly [head: string, cell: (row: MeasuredRow) => string | undefined];

/**
 * The rows of a case as texts; undefined if there is none. Columns that say nothing are left out, and so is who failed:
 * see {@link failureLines}.
 */
export function caseCells({ rows, items = 'items' }: Pick<CaseResult, 'rows' | 'items'>): Cells | undefined {
  const measured = rows.filter(isMeasured);
  if (measured.length === 0) return undefined;
  const columns: Column[] = [
    ['', ({ name }) => name],
    ['ms', ({ medianMs }) => milliseconds(medianMs)],
    ['p10–p90', ({ p10Ms, p90Ms }) => `${milliseconds(p10Ms)}–${milliseconds(p90Ms)}`],
    [`${items}/s`, ({ itemsPerSecond }) => itemsPerSecond?.toFixed(0)],
    ['first ms', ({ firstStepMs }) => milliseconds(firstStepMs)],
    ['set-up ms', ({ setupMs }) => setupMs.toFixed(0)],
    ['peak MB', ({ peakBytes }) => megabytes(peakBytes)],
    ['before', ({ peakBeforeBytes }) => megabytes(peakBeforeBytes)],
  ];
  const filled = columns.filter(([, cell]) => measured.some((row) => cell(row) !== undefined));
  return [filled.map(([head]) => head), ...measured.map((row) => filled.map(([, cell]) => cell(row) ?? ''))];
}

/** A line for every participant that could not do the work. */
export function failureLines(rows: readonly Row[]): string[] {
  return rows.flatMap((row) => (isMeasured(row) ? [] : [`${row.name}: ${row.failure}`]));
}

/** A line for every conclusion. */
export function conclusionLines(conclusions: readonly Conclusion[]): string[] {
  return conclusions.map(({ what, value, unit, range }) => {
    const rounds =
      range === undefined ? '' : `, rounds ${range.map((end) => figure(end, unit)).join(' to ')}`;
    return `${what}: ${figure(value, unit)}${rounds}`;
  });
}

function figure(value: number, unit: Conclusion['unit']): string {
  switch (unit) {
    case '×':
      return `${value.toFixed(2)}×`;
    case '%':
      return `${value.toFixed(value < 10 ? 2 : 0)} %`;
    case 'ms':
      return `${milliseconds(value)} ms`;
  }
}

/** Three figures, so that microseconds and seconds both stay readable. */
function milliseconds(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3);
}

function megabytes(bytes: number | undefined): string | undefined {
  return bytes === undefined ? undefined : (bytes / 1e6).toFixed(0);
}
