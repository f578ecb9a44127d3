import { join } from 'node:path';
import { type LedgerContent, readLedger, type Summary, summarize } from '@loopwright/study';
import { JsonFile } from './json-file.ts';

/** Files beyond these are not looked into. */
const MOST_FILES = 500;

/** Runs of one recipe with several seeds, as `repeat` of `@loopwright/study` keeps them. */
export interface Study extends LedgerContent {
  /** Its file, relative to the folder of all runs. */
  readonly name: string;
  readonly summary: Readonly<Record<string, Summary>>;
}

/** The ledgers among the JSON files of a folder. */
export class Studies {
  private readonly root: string;
  private files = new Map<string, { readonly file: JsonFile; study: Study | undefined }>();

  constructor(root: string) {
    this.root = root;
  }

  get all(): Study[] {
    return [...this.files.values()].flatMap(({ study }) => study ?? []);
  }

  /** @returns whether anything has changed */
  async refresh(paths: readonly string[]): Promise<boolean> {
    const before = this.all.length;
    const known = this.files;
    this.files = new Map(
      paths
        .slice(0, MOST_FILES)
        .map((path) => [path, known.get(path) ?? { file: new JsonFile(this.root, path), study: undefined }]),
    );
    let changed = this.all.length !== before;
    for (const [path, entry] of this.files) {
      if (!(await entry.file.refresh())) continue;
      const study = mayBeLedger(entry.file.content) ? this.read(path) : undefined;
      if (study !== undefined || entry.study !== undefined) changed = true;
      entry.study = study;
      entry.file.content = undefined;
    }
    return changed;
  }

  private read(path: string): Study | undefined {
    try {
      const content = readLedger(join(this.root, path));
      return { ...content, name: path, summary: summaryOf(content) };
    } catch {
      return undefined; // Some other JSON.
    }
  }
}

function mayBeLedger(content: unknown): boolean {
  return typeof content === 'object' && content !== null && 'outcomes' in content;
}

function summaryOf({ runs }: LedgerContent): Record<string, Summary> {
  const names = new Set(runs.flatMap(({ values }) => Object.keys(values)));
  const summaries = [...names].map((name) => {
    return [name, summarize(runs.flatMap(({ values }) => values[name] ?? []))] as const;
  });
  return Object.fromEntries(summaries);
}
