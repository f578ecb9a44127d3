import { checker, reasonOf, show } from '@loopwright/core';
import { Ledger } from './ledger.ts';
import { type CompletedRun, type FailedRun, isCompleted, type RunOutcome } from './run-outcome.ts';
import { type Summary, summarize } from './summarize.ts';

/** What a run returns: its results by name, or one number, which is then named `value`. */
export type RunValues = number | Readonly<Record<string, number>>;

/** Options of {@link repeat}. */
export interface RepeatOptions {
  /** One run for each, in this order. */
  readonly seeds: readonly number[];
  /** A JSON file that keeps the outcomes: started again, only what is missing or failed is run. One process at a time. */
  readonly ledger?: string;
  /** What the runs are made with, as JSON; kept in the ledger, which refuses to mix runs with other settings. */
  readonly settings?: unknown;
}

/** What {@link repeat} came to. */
export interface Repeated {
  /** The runs of the given seeds that ended well, in the order of the seeds. */
  readonly runs: readonly CompletedRun[];
  /** The runs that failed. Look at them: a summary of the others alone may be a rosy one. */
  readonly failed: readonly FailedRun[];
  /** Of the completed runs' values, by name. */
  readonly summary: Readonly<Record<string, Summary>>;
}

const check = checker('study', 'repeat');

/**
 * Runs an experiment once for each seed, one run after the other, and summarizes what comes out.
 *
 * With a ledger nothing is lost when the process is killed: each outcome is in the file, whole, before the next run begins, and
 * `repeat` called again runs only the seeds that are missing. Further seeds can be added at any time. A run that throws, or
 * returns a value that is not finite, is recorded as failed; the others go on, and the next call tries it again.
 *
 * @param run from the seed to its results; it alone decides what the seed governs. Names should be the same in each run
 * @returns outcomes of the given seeds, those of earlier processes too
 * @throws LoopwrightError for bad options, and for a ledger of other settings or that is none; and what the file system says
 *   if an outcome cannot be written
 * @example
 * const { runs, failed, summary } = await repeat(
 *   async (seed) => ({ accuracy: 0.9 + 0.01 * new RandomStream(seed).uniform() }),
 *   { seeds: [1, 2, 3], ledger: 'runs/base.json', settings: { epochs: 12 } },
 * );
 * summary.accuracy!.n; // 3
 */
export async function repeat(
  run: (seed: number) => RunValues | Promise<RunValues>,
  options: RepeatOptions,
): Promise<Repeated> {
  check.func('run', run);
  const { ledger: path, settings = {} } = check.options(options, ['seeds', 'ledger', 'settings']);
  const seeds = checkSeeds(options?.seeds);
  const ledger = new Ledger(check, path === undefined ? path : check.string('ledger', path), settings);
  for (const seed of seeds) {
    if (!isCompleted(ledger.get(seed))) await ledger.record(await attempt(run, seed));
  }
  const outcomes = seeds.map((seed) => ledger.get(seed) as RunOutcome);
  const runs = outcomes.filter(isCompleted);
  const failed = outcomes.filter((outcome): outcome is FailedRun => !isCompleted(outcome));
  return { runs, failed, summary: summarizeRuns(runs) };
}

async function attempt(
  run: (seed: number) => RunValues | Promise<RunValues>,
  seed: number,
): Promise<RunOutcome> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const values = checkValues(await run(seed));
    return { seed, values, seconds: seconds() };
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    return { seed, error: reasonOf(error), ...(stack !== undefined && { stack }), seconds: seconds() };
  }
}

function checkValues(result: RunValues): Readonly<Record<string, number>> {
  const values = typeof result === 'number' ? { value: result } : result;
  if (typeof values !== 'object' || values === null || Object.keys(values).length === 0) {
    check.fail(`a run must return a number or numbers by name, got ${show(result)}`);
  }
  for (const [name, value] of Object.entries(values)) check.number(name, value);
  return { ...values };
}

function checkSeeds(seeds: unknown): readonly number[] {
  if (!Array.isArray(seeds) || seeds.length === 0) {
    return check.fail(`seeds must be a list of at least one integer, got ${show(seeds)}`);
  }
  for (const [index, seed] of seeds.entries()) {
    check.integer(`seeds[${index}]`, seed);
    if (seeds.indexOf(seed) !== index) check.fail(`seeds must differ, got ${seed} twice`);
  }
  return seeds;
}

function summarizeRuns(runs: readonly CompletedRun[]): Record<string, Summary> {
  const names = new Set(runs.flatMap(({ values }) => Object.keys(values)));
  const valuesOf = (name: string) => runs.flatMap(({ values }) => values[name] ?? []);
  return Object.fromEntries([...names].map((name) => [name, summarize(valuesOf(name))]));
}
