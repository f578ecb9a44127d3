import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { replaceFileSync } from '@loopwright/core/files';
import { cpuInfo, describeCpu } from '@loopwright/core/machine';
import { type Panel, plotCurves } from '@loopwright/plot';
import type { CommonOptions, RunOptions } from './options.ts';
import { addResults, type Result, readResults } from './results.ts';
import { type Original, resultTable } from './table.ts';

const DOCS = fileURLToPath(new URL('../../docs/experiments/', import.meta.url));
const BEGIN = '<!-- results: written by the script -->';
const END = '<!-- end of results -->';

/** What one stage came to; the rest of a row is the same for all stages of a process. */
export type StageResult = Pick<Result, 'stage' | 'seed' | 'value' | 'epochs' | 'seconds'> & {
  /** `accuracy` by default. */
  readonly metric?: string;
};

/**
 * The results of a run folder, in `results.json`: what is there needs not be done again. A folder that was made with
 * other options is refused rather than mixed in; other seeds, and other `variants`, may be added to it.
 */
export class Experiment {
  private readonly name: string;
  private readonly original: Original;
  private readonly options: RunOptions & Partial<CommonOptions>;
  private readonly path: string;
  private readonly origin: Pick<Result, 'cpu' | 'commit' | 'date' | 'options'>;

  /** @param original the published figures in percent, by stage */
  constructor(name: string, options: RunOptions & Partial<CommonOptions>, original: Original = {}) {
    this.name = name;
    this.original = original;
    this.options = options;
    this.path = join(options.run, 'results.json');
    const { epochs, variants, ...changed } = options.changed ?? {};
    this.origin = {
      cpu: describeCpu(cpuInfo()),
      commit: describeCommit(),
      date: new Date().toISOString().slice(0, 10),
      ...(Object.keys(changed).length > 0 && { options: changed }),
    };
    mkdirSync(options.run, { recursive: true });
    this.refuseOtherOptions();
  }

  get results(): readonly Result[] {
    return readResults(this.path);
  }

  /** Whether this stage was recorded, by this process or an earlier one. */
  has(stage: string, seed: number, metric = 'accuracy'): boolean {
    return this.results.some((row) => row.stage === stage && row.seed === seed && row.metric === metric);
  }

  record({ metric = 'accuracy', ...result }: StageResult): void {
    addResults(this.path, [{ experiment: this.name, metric, ...result, ...this.origin }]);
    console.log(`${result.stage}, seed ${result.seed}: ${metric} ${(100 * result.value).toFixed(2)} %`);
  }

  /**
   * Prints the table of all results and draws these panels to `curves.svg` in the run folder. With `--publish` the
   * rows go into `docs/experiments/results.json`, picture and table between the marks of the experiment's page.
   *
   * @param remarks paragraphs below the table
   */
  async report(panels: readonly Panel[], remarks: readonly string[] = []): Promise<void> {
    const table = [resultTable(this.results, this.original), ...remarks].join('\n\n');
    const curves = join(this.options.run, 'curves.svg');
    await plotCurves(curves, { panels, columns: panels.length === 4 ? 2 : 3 });
    console.log(`${table}\n\ncurves: ${curves}`);
    if (!this.options.publish) return;
    copyFileSync(curves, join(DOCS, `${this.name}.svg`));
    addResults(join(DOCS, 'results.json'), this.results);
    const page = join(DOCS, `${this.name}.md`);
    const picture = `![${panels.map(({ title }) => title).join('; ')}](${this.name}.svg)`;
    const results = [picture, table, this.source()].join('\n\n');
    replaceFileSync(page, withResults(readFileSync(page, 'utf8'), results));
    console.log(`published: ${page}`);
  }

  /** Where, when and how the figures were made. */
  private source(): string {
    const places = this.results.map(({ cpu, commit, date }) => `${cpu}; commit ${commit}, ${date}.`);
    return [`\`${command()}\``, ...new Set(places)].join('\n');
  }

  private refuseOtherOptions(): void {
    const { run, seeds, variants, publish, path, changed, ...settings } = this.options as RunOptions &
      Record<string, unknown>;
    const file = join(run, 'options.json');
    const found: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    if (found === undefined) replaceFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
    else if (!isDeepStrictEqual(found, JSON.parse(JSON.stringify(settings)))) {
      throw new Error(`${run} holds a run with other options; remove it, or name another with --run FOLDER`);
    }
  }
}

function withResults(page: string, results: string): string {
  const [start, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the page lacks ${BEGIN} or ${END}`);
  return `${page.slice(0, start)}${BEGIN}\n\n${results}\n\n${page.slice(end)}`;
}

/** The command that runs this experiment, wherever the data lie. */
function command(): string {
  const [, script = '', ...flags] = process.argv;
  const own = flags.flatMap((flag, index) => {
    if (/^--(publish|path|run)(=|$)/.test(flag)) return [];
    return ['--path', '--run'].includes(flags[index - 1] ?? '') ? [] : [flag];
  });
  return ['node --import tsx', `examples/${script.split('/').at(-1)}`, '--path FOLDER', ...own].join(' ');
}

function describeCommit(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: DOCS, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}
