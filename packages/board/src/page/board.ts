import type { RunEntry, RunsAnswer } from '../server/answers.ts';
import { type BoardState, readState, writeState } from '../view/board-state.ts';
import { textFilter } from '../view/text-filter.ts';

/** Runs that are drawn as one, or a single one. */
export interface RunGroup {
  readonly name: string;
  readonly runs: readonly RunEntry[];
}

const NOTHING: RunsAnswer = { folder: '', version: 0, tags: [], runs: [], omitted: 0, studies: 0 };

/** What there is to be seen and what the user has chosen of it. All parts of the page are drawn from this. */
export class Board {
  private listing = NOTHING;
  private chosen = readState(location.hash);
  private readonly listeners: (() => void)[] = [];

  get runs(): readonly RunEntry[] {
    return this.listing.runs;
  }

  get answer(): RunsAnswer {
    return this.listing;
  }

  get state(): BoardState {
    return this.chosen;
  }

  /** Runs that the filter lets through. */
  get listed(): RunEntry[] {
    const filter = textFilter(this.chosen.runFilter);
    return this.runs.filter(({ name }) => filter.matches(name));
  }

  /** Of these the ones that are ticked. */
  get shown(): RunEntry[] {
    const hidden = new Set(this.chosen.hidden);
    return this.listed.filter(({ id }) => !hidden.has(id));
  }

  /** What is shown, with runs of several seeds as one if that is chosen. */
  get groups(): RunGroup[] {
    const { bands } = this.chosen;
    const groups = new Map<string, RunEntry[]>();
    for (const run of this.shown) {
      const name = bands && run.group !== undefined ? run.group : run.name;
      groups.set(name, [...(groups.get(name) ?? []), run]);
    }
    return [...groups].map(([name, runs]) =>
      runs.length > 1 ? { name, runs } : { name: runs[0]?.name ?? name, runs },
    );
  }

  /** Whether any runs differ in their seed alone. */
  get hasGroups(): boolean {
    const groups = this.runs.flatMap(({ group }) => group ?? []);
    return new Set(groups).size < groups.length;
  }

  /** Names of metrics that a run which is shown has. */
  get shownTags(): string[] {
    const positions = new Set(this.shown.flatMap(({ tags }) => tags));
    return [...positions].flatMap((position) => this.listing.tags[position] ?? []);
  }

  set(answer: RunsAnswer): void {
    this.listing = answer;
    this.notify();
  }

  choose(change: Partial<BoardState>): void {
    this.chosen = { ...this.chosen, ...change };
    history.replaceState(null, '', `#${writeState(this.chosen)}`);
    this.notify();
  }

  /** Takes the state from the address, when the user has changed that. */
  readAddress(): void {
    this.chosen = readState(location.hash);
    this.notify();
  }

  subscribe(listener: () => void): void {
    this.listeners.push(listener);
  }

  notify(): void {
    for (const listener of this.listeners) listener();
  }
}
