import { execFileSync } from 'node:child_process';
import { caseCells, conclusionLines, failureLines } from './case-table.ts';
import { plainTable } from './columns.ts';
import type { Machine } from './machine.ts';
import type { CaseResult } from './run-case.ts';

/** What a benchmark came to, as it is written to a file. */
export interface Report {
  readonly format: 1;
  readonly benchmark: string;
  /** The command that asks for the same again. */
  readonly command: string;
  /** When it began, in ISO 8601. */
  readonly date: string;
  /** The commit that was measured; ends in `+` if files had been changed since. */
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly CaseResult[];
}

/** A case's table for a terminal, with who failed and what it says below. */
export function printedCase(result: CaseResult): string {
  const cells = caseCells(result);
  const parts = [
    result.title,
    ...(cells === undefined ? [] : [plainTable(cells)]),
    failureLines(result.rows)
      .map((line) => `! ${line}`)
      .join('\n'),
    conclusionLines(result.conclusions).join('\n'),
  ];
  return `\n${parts.filter((part) => part !== '').join('\n\n')}`;
}

/** The machine and all versions, in two lines. */
export function describeSurroundings({ machine, versions }: Pick<Report, 'machine' | 'versions'>): string {
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${describeMachine(machine)}\n${list.join(', ')}`;
}

/** A machine in a line. */
export function describeMachine({ cpu, cpuNumbers, features, cores, memoryBytes }: Machine): string {
  const numbers = cpuNumbers === '' ? '' : ` (${cpuNumbers})`;
  const gigabytes = Math.round(memoryBytes / 2 ** 30);
  return `${cpu}${numbers}, ${cores} cores, ${gigabytes} GB; ${features.join(' ')}`;
}

/** The commit of the working tree; `unknown` outside a repository. */
export function currentCommit(folder: string): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no').trim() !== '';
    return git('rev-parse', '--short=10', 'HEAD').trim() + (changed ? '+' : '');
  } catch {
    return 'unknown';
  }
}
