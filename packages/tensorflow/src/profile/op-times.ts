import type { Interval, OpRun } from './op-runs.ts';

/** Where a step's time went, in milliseconds. */
export interface OpTimes {
  /** For each run the time in which it was the innermost on its thread. */
  readonly own: readonly number[];
  /** For each run its part of `busy`: what runs on several threads at once shares the time equally. */
  readonly shared: readonly number[];
  /** While at least one run was going on. */
  readonly busy: number;
  /** While none was, inside a dispatch. */
  readonly dispatch: number;
}

interface Edge {
  readonly time: number;
  /** 1 for a beginning, -1 for an end. */
  readonly change: 1 | -1;
  /** Undefined for a dispatch. */
  readonly run: number | undefined;
}

/** Divides time among runs of ops, which may be nested on a thread and lie side by side on several. */
export function opTimes(runs: readonly OpRun[], dispatches: readonly Interval[]): OpTimes {
  const own = runs.map(() => 0);
  const shared = runs.map(() => 0);
  const stacks = new Map<number, number[]>();
  let [busy, dispatch, openDispatches, before] = [0, 0, 0, 0];
  for (const { time, change, run } of edges(runs, dispatches)) {
    const elapsed = time - before;
    before = time;
    const innermost = [...stacks.values()].flatMap((stack) => stack.at(-1) ?? []);
    for (const active of innermost) {
      own[active] = (own[active] ?? 0) + elapsed;
      shared[active] = (shared[active] ?? 0) + elapsed / innermost.length;
    }
    if (innermost.length > 0) busy += elapsed;
    else if (openDispatches > 0) dispatch += elapsed;
    if (run === undefined) openDispatches += change;
    else updateStack(stacks, runs[run]?.thread ?? 0, run, change);
  }
  return { own, shared, busy, dispatch };
}

/** All beginnings and ends in their order; at the same time ends come first. */
function edges(runs: readonly OpRun[], dispatches: readonly Interval[]): Edge[] {
  const edgesOf = ({ start, end }: Interval, run: number | undefined): Edge[] => [
    { time: start, change: 1, run },
    { time: end, change: -1, run },
  ];
  const all = [...runs.flatMap(edgesOf), ...dispatches.flatMap((interval) => edgesOf(interval, undefined))];
  return all.sort((a, b) => a.time - b.time || a.change - b.change);
}

function updateStack(stacks: Map<number, number[]>, thread: number, run: number, change: 1 | -1): void {
  const stack = stacks.get(thread) ?? [];
  stacks.set(thread, change === 1 ? [...stack, run] : stack.filter((entry) => entry !== run));
}
