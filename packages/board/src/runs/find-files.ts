import { posix } from 'node:path';
import glob from 'fast-glob';
import { compareNames } from './compare-names.ts';

/** The files of a run, relative to the folder of all runs. */
export interface RunFiles {
  /** `metrics.jsonl`, or `metrics.csv` where there is no other: two sinks of one stream say the same. */
  readonly metrics: string | undefined;
  /** TensorBoard's, by name, which is by time. */
  readonly events: readonly string[];
  readonly card: string | undefined;
  /** Manifests of checkpoints. */
  readonly manifests: readonly string[];
}

/** What there is under a folder. */
export interface Found {
  /** By the run's folder, `.` for the folder itself, in the order of their names. */
  readonly runs: ReadonlyMap<string, RunFiles>;
  /** JSON files that may be ledgers of studies. */
  readonly ledgers: readonly string[];
}

const METRICS = ['metrics.jsonl', 'metrics.csv'];
const CARD = 'run.json';
const MANIFEST = 'manifest.json';
const CHECKPOINTS = 'checkpoints';

/**
 * Looks for runs: folders that hold metrics, event files or a card, and those whose checkpoints lie in a folder below. Hidden
 * folders are passed over, and links are not followed.
 */
export async function findFiles(root: string): Promise<Found> {
  const paths = await glob(['**/metrics.{jsonl,csv}', '**/*tfevents*', '**/*.json'], {
    cwd: root,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: ['**/node_modules/**', '**/state.json'],
  });
  const folders = new Map<string, string[]>();
  const manifests: string[] = [];
  const ledgers: string[] = [];
  for (const path of paths) {
    const name = posix.basename(path);
    if (name === MANIFEST) manifests.push(path);
    else if (name.endsWith('.json') && name !== CARD) ledgers.push(path);
    else folders.set(posix.dirname(path), [...(folders.get(posix.dirname(path)) ?? []), path]);
  }
  const checkpoints = ownersOf(manifests, folders);
  const names = [...new Set([...folders.keys(), ...checkpoints.keys()])].sort(compareNames);
  const runs = names.map((folder) => {
    const files = folders.get(folder) ?? [];
    return [folder, runFiles(files, checkpoints.get(folder) ?? [])] as const;
  });
  return { runs: new Map(runs), ledgers: ledgers.sort(compareNames) };
}

function runFiles(paths: readonly string[], manifests: readonly string[]): RunFiles {
  const named = (name: string) => paths.find((path) => posix.basename(path) === name);
  return {
    metrics: METRICS.map(named).find((path) => path !== undefined),
    events: paths.filter((path) => posix.basename(path).includes('tfevents')).sort(),
    card: named(CARD),
    manifests: [...manifests].sort(compareNames),
  };
}

/** Checkpoints belong to the nearest folder above them that is a run (not all to the folder of all runs), else to the one that holds
 * `checkpoints`. */
function ownersOf(manifests: readonly string[], runs: ReadonlyMap<string, unknown>): Map<string, string[]> {
  const owners = new Map<string, string[]>();
  for (const manifest of manifests) {
    const saver = posix.dirname(posix.dirname(manifest));
    const above = posix.basename(saver) === CHECKPOINTS ? posix.dirname(saver) : saver;
    const owner = foldersAbove(saver).find((folder) => folder !== '.' && runs.has(folder)) ?? above;
    owners.set(owner, [...(owners.get(owner) ?? []), manifest]);
  }
  return owners;
}

/** The folder itself, the one around it, and so on up to `.`. */
export function foldersAbove(folder: string): string[] {
  return folder === '.' ? ['.'] : [folder, ...foldersAbove(posix.dirname(folder))];
}
