import { realpathSync, statSync } from 'node:fs';
import { checker, reasonOf, show } from '@loopwright/core';
import { type Found, findFiles, foldersAbove } from './find-files.ts';
import { nextVersion } from './next-version.ts';
import { Run } from './run.ts';
import { Studies, type Study } from './studies.ts';

const check = checker('board', 'RunFolder');

/** A folder that is slow to look through is looked through less often: so many times as long as it takes. */
const REST = 20;
const LEAST_REST_MS = 1000;

/**
 * All runs under a folder, as far as they have been read. It only reads, never follows links, and each byte once.
 *
 * @example
 * import { mkdirSync, writeFileSync } from 'node:fs';
 *
 * mkdirSync('runs/baseline', { recursive: true });
 * writeFileSync('runs/baseline/metrics.jsonl', '{"step":1,"loss":0.5}\n{"step":2,"loss":0.25}\n');
 * const folder = new RunFolder('runs');
 * await folder.refresh();
 * const [run] = folder.runs;
 * run?.name; // 'baseline'
 * run?.metric('loss')?.series.values.view(); // [0.5, 0.25]
 */
export class RunFolder {
  /** Absolute, without links. */
  readonly root: string;
  /** Changes with every change of anything. */
  version = nextVersion();

  private readonly byFolder = new Map<string, Run>();
  private readonly ledgers: Studies;
  private found: Found = { runs: new Map(), ledgers: [] };
  private nextSearch = 0;
  private orders = 0;
  private pending: Promise<void> | undefined;
  private done = 0;
  private isClosed = false;

  /** @throws LoopwrightError if there is no such folder */
  constructor(path: string) {
    check.string('path', path);
    this.root = existingFolder(path);
    this.ledgers = new Studies(this.root);
  }

  /** In the order of their names. */
  get runs(): Run[] {
    return [...this.found.runs.keys()].flatMap((folder) => this.byFolder.get(folder) ?? []);
  }

  get studies(): Study[] {
    return this.ledgers.all;
  }

  /** How many runs have been gone through by the reading that goes on; undefined if none does. */
  get progress(): { readonly done: number; readonly total: number } | undefined {
    return this.pending === undefined ? undefined : { done: this.done, total: this.found.runs.size };
  }

  /** The run of this id. */
  run(id: string): Run | undefined {
    return this.runs.find((run) => run.id === id);
  }

  /** Looks for runs and reads what is new of them. Calls while it goes on wait for the same. */
  refresh(): Promise<void> {
    this.pending ??= this.readAll().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  /** Ends a reading that goes on, after the piece that it is at; nothing is read any more. */
  close(): void {
    this.isClosed = true;
  }

  private async readAll(): Promise<void> {
    this.done = 0;
    if (!this.isClosed) await this.search();
    for (const run of this.runs) {
      if (this.isClosed) return;
      if (await run.refresh(() => this.isClosed)) this.version = nextVersion();
      this.done += 1;
    }
  }

  private async search(): Promise<void> {
    const start = performance.now();
    if (start < this.nextSearch) return;
    const found = await findFiles(this.root);
    if ([...found.runs.keys()].join('\n') !== [...this.found.runs.keys()].join('\n'))
      this.version = nextVersion();
    for (const folder of this.byFolder.keys()) if (!found.runs.has(folder)) this.byFolder.delete(folder);
    for (const [folder, files] of found.runs) {
      const run = this.byFolder.get(folder) ?? new Run(this.root, folder, this.orders++);
      this.byFolder.set(folder, run);
      const { version } = run;
      run.setFiles(files, cardOf(folder, found));
      run.parent = this.parentOf(folder);
      if (run.version !== version) this.version = nextVersion();
    }
    this.found = found;
    if (await this.ledgers.refresh(found.ledgers)) this.version = nextVersion();
    this.nextSearch = performance.now() + Math.max(LEAST_REST_MS, REST * (performance.now() - start));
  }

  private parentOf(folder: string): Run | undefined {
    const [, ...above] = foldersAbove(folder);
    return above.map((one) => this.byFolder.get(one)).find((run) => run !== undefined);
  }
}

/** The card of the folder, or of the nearest one above that has one. */
function cardOf(folder: string, { runs }: Found): string | undefined {
  return foldersAbove(folder)
    .map((above) => runs.get(above)?.card)
    .find((card) => card !== undefined);
}

function existingFolder(path: string): string {
  try {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    return check.fail(`cannot open ${show(path)}: ${reasonOf(error)}`, { cause: error });
  }
  return check.fail(`${show(path)} is no folder`);
}
