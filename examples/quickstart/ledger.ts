import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { QuickstartOptions } from './options.ts';

/** One stage of one seed. */
export interface Result {
  readonly stage: string;
  readonly seed: number;
  /** Fraction of the test images that are classified rightly. */
  readonly accuracy: number;
  readonly seconds: number;
}

/**
 * The results of a run folder, kept in `results.json` with the options that made them: a run that was killed goes on,
 * and one with other options is refused rather than mixed in.
 */
export class Ledger {
  readonly results: Result[];
  private readonly path: string;
  private readonly options: QuickstartOptions;

  constructor(options: QuickstartOptions) {
    this.options = JSON.parse(JSON.stringify(options));
    this.path = join(options.run, 'results.json');
    mkdirSync(options.run, { recursive: true });
    const found = existsSync(this.path) ? JSON.parse(readFileSync(this.path, 'utf8')) : undefined;
    if (found !== undefined && !isDeepStrictEqual(found.options, this.options)) {
      throw new Error(
        `${options.run} holds a run with other options; remove it, or name another with --run FOLDER`,
      );
    }
    this.results = found?.results ?? [];
    this.write();
  }

  /** Whether this stage was recorded, by this process or an earlier one. */
  has(seed: number, stage: string): boolean {
    return this.results.some((result) => result.seed === seed && result.stage === stage);
  }

  add(result: Result): void {
    if (this.has(result.seed, result.stage)) return;
    this.results.push(result);
    this.write();
  }

  private write(): void {
    const text = JSON.stringify({ options: this.options, results: this.results }, null, 2);
    writeFileSync(`${this.path}.new`, `${text}\n`);
    renameSync(`${this.path}.new`, this.path);
  }
}
