import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { checker, show } from '@loopwright/core';
import { replaceFile } from '@loopwright/core/files';
import type { Run } from '../runs/run.ts';
import { RunFolder } from '../runs/run-folder.ts';
import { counted, duration } from '../view/format.ts';
import { momentText } from './checkpoints-section.ts';
import { reportPage } from './report-page.ts';
import { splitOfFolder } from './split.ts';
import { subjectsOf } from './subjects.ts';

/** Options of {@link writeReport}. */
export interface ReportOptions {
  /** The file, which must end in `.html`. */
  readonly output: string;
  /** Default: the name of the folder. */
  readonly title?: string;
}

/** What {@link writeReport} has written. */
export interface Report {
  readonly bytes: number;
  /** How many runs it shows. */
  readonly runs: number;
  /** What could not be read, and what is there but not shown, in words; it stands at the end of the report, too. */
  readonly notes: readonly string[];
}

const check = checker('board', 'writeReport');

const MOST_RUNS = 200;
const MOST_NOTES = 100;
const STYLE = new URL('../../static/report.css', import.meta.url);

/**
 * Writes what there is to see of a run, or of several under one folder, to one file of HTML: final and best metrics, curves,
 * outcomes of studies, images, checkpoints, options, and what it was run on.
 *
 * The file needs nothing else: pictures are in it, there is no script, and nothing is loaded. It is bounded: long
 * curves are thinned, and of more runs, metrics or images than are read by anybody the first ones are shown; the end of the report
 * says what is missing. All texts of the runs are escaped.
 *
 * @param folder of a run, or of several
 * @returns what was written; the file is there whole or not at all, its folder is made, and an earlier one is replaced
 * @throws LoopwrightError if there is no such folder or no run in it, or `output` does not end in `.html`
 * @example
 * import { mkdirSync, writeFileSync } from 'node:fs';
 *
 * mkdirSync('runs/baseline', { recursive: true });
 * writeFileSync('runs/baseline/metrics.jsonl', '{"epoch":0,"train.loss":2,"val.loss":2.1}\n{"epoch":1,"train.loss":1,"val.loss":1.2}\n');
 * const { runs, notes } = await writeReport('runs/baseline', { output: 'report.html' });
 * runs; // 1
 * notes; // []
 */
export async function writeReport(folder: string, options: ReportOptions): Promise<Report> {
  const { output, title } = check.options(options, ['output', 'title']);
  if (!check.string('output', output).toLowerCase().endsWith('.html')) {
    check.fail(`output must end in .html, got ${show(output)}`);
  }
  if (title !== undefined) check.string('title', title);
  const found = new RunFolder(folder);
  await found.refresh();
  const all = runsWithLogs(found.runs);
  const runs = all.slice(0, MOST_RUNS);
  if (runs.length === 0) {
    check.fail(
      `there is no run in ${show(folder)}: no metrics.jsonl, metrics.csv, event files, checkpoints or run.json`,
    );
  }
  const notes = runs.flatMap((run) => run.problems.map((problem) => `${run.name}: ${problem}`));
  if (all.length > runs.length) notes.push(`${all.length - runs.length} of ${all.length} runs`);
  const own = basename(found.root);
  const source = {
    runs,
    subjects: subjectsOf(runs, own),
    studies: found.studies,
    leaveOut: (what: string) => void notes.push(what),
  };
  const head = { title: title ?? own, subtitle: subtitleOf(runs) };
  const page = reportPage(head, source, readFileSync(STYLE, 'utf8'), notes).source;
  await mkdir(dirname(output), { recursive: true });
  await replaceFile(output, page);
  return { bytes: Buffer.byteLength(page), runs: runs.length, notes: notes.slice(0, MOST_NOTES) };
}

/** A folder that holds only a card is the frame of the runs below it, which have the card, too. */
function runsWithLogs(runs: readonly Run[]): readonly Run[] {
  const logged = runs.filter((run) => run.records.length > 0 || run.checkpoints.length > 0);
  return logged.length > 0 ? logged : runs;
}

/** `3 runs · 2 min 5 s · last written 2026-11-23 00:22:07 UTC`. */
function subtitleOf(runs: readonly Run[]): string {
  const modified = Math.max(...runs.map((run) => run.modifiedMs));
  const seconds = secondsOfAll(runs);
  return [
    counted(runs.length, 'run'),
    ...(seconds > 0 ? [duration(seconds)] : []),
    ...(modified > 0 ? [`last written ${momentText(new Date(modified).toISOString())} UTC`] : []),
  ].join(' · ');
}

/** How long all runs took. Parts of one, such as `train` and `validation`, took the same time. */
function secondsOfAll(runs: readonly Run[]): number {
  const longest = new Map<string, number>();
  for (const run of runs) {
    const { name } = splitOfFolder(run.folder);
    longest.set(name, Math.max(longest.get(name) ?? 0, secondsOf(run)));
  }
  return [...longest.values()].reduce((sum, seconds) => sum + seconds, 0);
}

/** From a run's first record to its last, by the metric that tells it the longest. */
function secondsOf(run: Run): number {
  const times = run.tags.flatMap((tag) => run.metric(tag)?.series.times ?? []);
  return Math.max(0, ...times.map((numbers) => numbers.last).filter(Number.isFinite));
}
