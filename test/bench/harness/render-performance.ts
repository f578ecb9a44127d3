import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { caseCells, conclusionLines, failureLines } from './case-table.ts';
import { markdownTable } from './columns.ts';
import { describeMachine, type Report } from './report.ts';

const DOCS = fileURLToPath(new URL('../../../docs/', import.meta.url));
const BEGIN = '<!-- tables: written by `npm run bench -- render` -->';
const END = '<!-- end of tables -->';

/** Writes the tables of `docs/performance.md` from the reports in `docs/bench`. */
export function renderPerformance(folder: string = DOCS): void {
  const path = join(folder, 'performance.md');
  writeFileSync(path, withTables(readFileSync(path, 'utf8'), readReports(join(folder, 'bench'))));
}

/** The reports of a folder, by file name. */
export function readReports(folder: string): Report[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Report);
}

/**
 * A document with the tables of these reports between its marks: a part for each machine, so that no table mixes two.
 *
 * @throws Error if the marks are missing
 */
export function withTables(document: string, reports: readonly Report[]): string {
  const [start, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the document lacks ${BEGIN} or ${END}`);
  const machines = [...new Set(reports.map(({ machine }) => describeMachine(machine)))];
  const parts = machines.map((machine) => {
    const own = reports.filter((report) => describeMachine(report.machine) === machine);
    return [`## ${machine}`, ...own.map(section)].join('\n\n');
  });
  const tables = parts.length === 0 ? 'Nothing has been measured yet.' : parts.join('\n\n');
  return `${document.slice(0, start)}${BEGIN}\n\n${tables}\n\n${document.slice(end)}`;
}

function section({ command, date, commit, versions, cases }: Report): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const tables = cases.flatMap((result) => {
    const cells = caseCells(result);
    const lines = [...conclusionLines(result.conclusions), ...failureLines(result.rows)];
    return [
      `### ${result.title}`,
      ...(cells === undefined ? [] : [markdownTable(cells)]),
      ...(lines.length === 0 ? [] : [lines.map((line) => `- ${line}`).join('\n')]),
    ];
  });
  const source = `\`${command}\`, ${date.slice(0, 10)}, commit ${commit}; ${list.join(', ')}.`;
  return [...tables, source].join('\n\n');
}
