import { compareNames } from '../runs/compare-names.ts';
import type { Run } from '../runs/run.ts';
import { seedGroup } from '../runs/seed-group.ts';
import { type Split, splitOfFolder } from './split.ts';

/** What a report draws a line of and has a row for: a run, or all that differ in their seed alone. */
export interface Subject {
  readonly name: string;
  /** Where the data that it was measured on is told by the run's folder. */
  readonly split: Split | undefined;
  /** Several for the seeds of one recipe. */
  readonly runs: readonly Run[];
  /** Of its name among those of all subjects, for its colour. */
  readonly order: number;
}

/** The subjects among the runs of a folder that is itself called `own`. */
export function subjectsOf(runs: readonly Run[], own: string): Subject[] {
  const groups = new Map<string, { name: string; split: Split | undefined; runs: Run[] }>();
  for (const run of runs) {
    const { name, split } = splitOfFolder(run.folder);
    const shown = seedGroup(name) ?? (name === '.' ? own : name);
    const key = `${shown}\n${split}`;
    const group = groups.get(key) ?? { name: shown, split, runs: [] };
    group.runs.push(run);
    groups.set(key, group);
  }
  const subjects = [...groups.values()].map((group) => {
    const [first, second] = group.runs;
    return second === undefined && first !== undefined ? { ...group, name: nameAlone(first, own) } : group;
  });
  const names = [...new Set(subjects.map(({ name }) => name))].sort(compareNames);
  const shared = sharedFolders(names);
  return subjects.map((subject) => ({
    ...subject,
    name: subject.name.slice(shared.length),
    order: names.indexOf(subject.name),
  }));
}

/** The folders that all names begin with, and that tell nothing apart. */
function sharedFolders([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return '';
  let shared = first.slice(0, first.lastIndexOf('/') + 1);
  while (shared !== '' && !others.every((name) => name.startsWith(shared))) {
    shared = shared.slice(0, shared.lastIndexOf('/', shared.length - 2) + 1);
  }
  return shared;
}

/** A seed that has no others beside it is called what it is. */
function nameAlone({ folder }: Run, own: string): string {
  const { name } = splitOfFolder(folder);
  return name === '.' ? own : name;
}
