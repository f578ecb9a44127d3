import { compareNames } from '../runs/compare-names.ts';

/** What a cell is sorted by. */
export type SortKey = string | number | boolean | null;

/** By which column, and which way round. */
export interface SortOrder {
  readonly column: string;
  readonly descending: boolean;
}

/** A copy in order: numbers before text, and what is missing or no number last, whichever way round. */
export function sortRows<T>(rows: readonly T[], key: (row: T) => SortKey, descending: boolean): T[] {
  const keyed = rows.map((row) => ({ row, key: key(row) }));
  keyed.sort((a, b) => {
    if (isMissing(a.key) || isMissing(b.key)) return Number(isMissing(a.key)) - Number(isMissing(b.key));
    return (descending ? -1 : 1) * compare(a.key, b.key);
  });
  return keyed.map(({ row }) => row);
}

/** How a click on a column changes the order: numbers are of interest from the largest down. */
export function nextOrder(order: SortOrder | undefined, column: string, isNumeric: boolean): SortOrder {
  return { column, descending: order?.column === column ? !order.descending : isNumeric };
}

function isMissing(key: SortKey): boolean {
  return key === null || Number.isNaN(key);
}

function compare(a: SortKey, b: SortKey): number {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a - b;
  if (typeof a === 'number') return -1;
  return typeof b === 'number' ? 1 : compareNames(String(a), String(b));
}
