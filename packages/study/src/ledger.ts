import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Checker, checker, reasonOf, show } from '@loopwright/core';
import { replaceFile } from '@loopwright/core/files';
import { type CompletedRun, type FailedRun, isCompleted, type RunOutcome } from './run-outcome.ts';

/** What a ledger's file holds. */
export interface LedgerContent {
  /** What the runs were made with, as it was given to `repeat`. */
  readonly settings: unknown;
  readonly runs: readonly CompletedRun[];
  /** Runs whose last attempt failed. */
  readonly failed: readonly FailedRun[];
}

/** The layout of the file: `{ version, settings, outcomes: [{ seed, values, seconds } | { seed, error, seconds }] }`. */
const VERSION = 1;

/** Outcomes by seed, the newest of each, kept in a file if there is one. */
export class Ledger {
  private readonly path: string | undefined;
  private readonly settings: unknown;
  private readonly outcomes = new Map<number, RunOutcome>();

  /**
   * @param path read if it is there; undefined for a ledger in memory
   * @param settings what the runs are made with; JSON
   * @throws LoopwrightError if the file was written with other settings, or is no ledger
   */
  constructor(check: Checker, path: string | undefined, settings: unknown) {
    this.path = path;
    this.settings = asJson(check, settings);
    if (path === undefined) return;
    const found = readFile(check, path);
    if (found === undefined) return;
    if (!isDeepStrictEqual(found.settings, this.settings)) {
      check.fail(
        `${path} holds runs with other settings, ${JSON.stringify(found.settings)}; remove it, or name another file`,
      );
    }
    for (const outcome of found.outcomes) this.outcomes.set(outcome.seed, outcome);
  }

  get(seed: number): RunOutcome | undefined {
    return this.outcomes.get(seed);
  }

  /** Adds an outcome in the place of an earlier one; the file is then whole, with it or without it. */
  async record(outcome: RunOutcome): Promise<void> {
    this.outcomes.set(outcome.seed, outcome);
    if (this.path === undefined) return;
    const outcomes = [...this.outcomes.values()].sort((a, b) => a.seed - b.seed);
    mkdirSync(dirname(this.path), { recursive: true });
    await replaceFile(
      this.path,
      `${JSON.stringify({ version: VERSION, settings: this.settings, outcomes }, null, 2)}\n`,
    );
  }
}

/**
 * Reads the ledger that `repeat` wrote, also while it is being written.
 *
 * @throws LoopwrightError if there is none, or the file is no ledger
 * @example
 * await repeat(async (seed) => ({ accuracy: 0.9 + seed / 100 }), { seeds: [1, 2], ledger: 'runs/base.json' });
 * const { runs } = readLedger('runs/base.json');
 * runs[1]!.values; // { accuracy: 0.92 }
 */
export function readLedger(path: string): LedgerContent {
  const check = checker('study', 'readLedger');
  const found = readFile(check, check.string('path', path)) ?? check.fail(`there is no file ${path}`);
  const { settings, outcomes } = found;
  return {
    settings,
    runs: outcomes.filter(isCompleted),
    failed: outcomes.filter((outcome): outcome is FailedRun => !isCompleted(outcome)),
  };
}

function readFile(check: Checker, path: string) {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isLedgerFile(content)) return content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return check.fail(`${path} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  return check.fail(`${path} is no ledger of version ${VERSION}; it is left as it is`);
}

function isLedgerFile(content: unknown): content is { settings: unknown; outcomes: RunOutcome[] } {
  const { version, settings, outcomes } = (content ?? {}) as Readonly<Record<string, unknown>>;
  return (
    version === VERSION && settings !== undefined && Array.isArray(outcomes) && outcomes.every(isOutcome)
  );
}

function isOutcome(value: unknown): value is RunOutcome {
  const { seed, values, error, seconds } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const told =
    typeof error === 'string' ||
    (typeof values === 'object' && values !== null && Object.values(values).every(Number.isFinite));
  return Number.isSafeInteger(seed) && typeof seconds === 'number' && told;
}

/** What a value becomes in a file. */
function asJson(check: Checker, settings: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(settings));
  } catch (error) {
    return check.fail(`settings must be JSON, got ${show(settings)}: ${reasonOf(error)}`, { cause: error });
  }
}
