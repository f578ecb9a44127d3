import { summarize } from '@loopwright/study';
import type { Result } from './results.ts';

/** The original's figures, in percent, by stage, and by metric if there is more than accuracy. */
export type Original = Readonly<Record<string, string | undefined>>;

/**
 * The results over the seeds beside the original's, as lines of a Markdown table: mean ± sample standard deviation (n).
 */
export function resultTable(results: readonly Result[], original: Original): string {
  const rows = groups(results).map(([label, group]) => {
    const value = summarize(group.map(({ value }) => 100 * value));
    const minutes = summarize(group.map(({ seconds }) => seconds / 60)).mean;
    const epochs = [...new Set(group.map(({ epochs }) => epochs))].sort((a, b) => a - b).join(', ');
    const spread = value.n > 1 ? ` ± ${value.std.toFixed(2)}` : '';
    return [
      label,
      original[label] ?? '–',
      `${value.mean.toFixed(2)}${spread} (n = ${value.n})`,
      epochs,
      minutes.toFixed(1),
    ];
  });
  return markdownTable([['', 'original, %', 'here, %', 'epochs', 'minutes'], ...rows]);
}

/** The rows of each stage and metric, in the order in which they came; accuracy is what goes without saying. */
function groups(results: readonly Result[]): [string, Result[]][] {
  const found = new Map<string, Result[]>();
  for (const result of results) {
    const label = result.metric === 'accuracy' ? result.stage : `${result.stage}, ${result.metric}`;
    found.set(label, [...(found.get(label) ?? []), result]);
  }
  return [...found];
}

/** Text in columns; all but the first are set to the right. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}
