import type { Run } from '../runs/run.ts';

/** A start of a run, as its card tells it. The file may come from anywhere: each part is what it seems, or undefined. */
export interface Start {
  readonly started: string | undefined;
  readonly command: string | undefined;
  readonly commit: string | undefined;
  readonly branch: string | undefined;
  /** Files that differed from the commit. */
  readonly changed: readonly string[];
  readonly seeds: string | undefined;
  readonly node: string | undefined;
  readonly packages: Readonly<Record<string, unknown>>;
  readonly machine: unknown;
  readonly engine: unknown;
  readonly environment: unknown;
}

/** A card, and the runs that it holds for. */
export interface RunCardStarts {
  readonly runs: readonly Run[];
  /** The first one first. */
  readonly starts: readonly Start[];
}

/** The cards of runs, each once: that of a folder is also that of the runs below it. */
export function cardsOf(runs: readonly Run[]): RunCardStarts[] {
  const cards = new Map<unknown, Run[]>();
  for (const run of runs) {
    const key = JSON.stringify(run.cardContent);
    if (key !== undefined) cards.set(key, [...(cards.get(key) ?? []), run]);
  }
  return [...cards.values()].flatMap((members) => {
    const starts = startsOf(members[0]?.cardContent);
    return starts.length === 0 ? [] : [{ runs: members, starts }];
  });
}

function startsOf(card: unknown): Start[] {
  const starts = recordOf(card).starts;
  return (Array.isArray(starts) ? starts : []).map(startOf);
}

function startOf(value: unknown): Start {
  const { started, command, git, seeds, node, packages, machine, engine, environment } = recordOf(value);
  const { commit, branch, changed } = recordOf(git);
  return {
    started: textOf(started),
    command: Array.isArray(command) ? command.map(String).join(' ') : textOf(command),
    commit: textOf(commit),
    branch: textOf(branch),
    changed: Array.isArray(changed) ? changed.map(String) : [],
    seeds: Array.isArray(seeds) ? seeds.map(String).join(', ') : undefined,
    node: textOf(node),
    packages: recordOf(packages),
    machine,
    engine,
    environment,
  };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
