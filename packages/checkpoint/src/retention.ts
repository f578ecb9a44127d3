/** Which metric is the measure, and whether more is better. */
export interface BestRule {
  /** A key of the metrics given to `save`. */
  readonly metric: string;
  readonly mode: 'min' | 'max';
}

/** What is kept when a new checkpoint is in place. */
export interface Retention {
  /** The newest so many. */
  readonly keepLast: number;
  /** And the best so many. */
  readonly keepBest?: (BestRule & { readonly count: number }) | undefined;
}

/** All that matters of a checkpoint here. */
export interface Candidate {
  readonly epoch: number;
  readonly metrics: Readonly<Record<string, number>>;
}

/** The best first; of equals the earlier one. What lacks the metric, or has NaN for it, is never best. */
export function byMerit<T extends Candidate>(candidates: readonly T[], { metric, mode }: BestRule): T[] {
  const sign = mode === 'min' ? 1 : -1;
  return candidates
    .filter(({ metrics }) => Object.hasOwn(metrics, metric) && !Number.isNaN(metrics[metric]))
    .map((candidate) => ({ candidate, cost: sign * (candidate.metrics[metric] as number) }))
    .sort((a, b) => compareNumbers(a.cost, b.cost) || a.candidate.epoch - b.candidate.epoch)
    .map(({ candidate }) => candidate);
}

/**
 * What may be removed: all but the newest, the best, and the one that was just saved, which need not be the newest if a
 * run went back.
 */
export function expendable<T extends Candidate>(
  candidates: readonly T[],
  { keepLast, keepBest }: Retention,
  saved: number,
): T[] {
  const newest = [...candidates].sort((a, b) => b.epoch - a.epoch).slice(0, keepLast);
  const best = keepBest === undefined ? [] : byMerit(candidates, keepBest).slice(0, keepBest.count);
  const kept = new Set([...newest, ...best]);
  return candidates.filter((candidate) => !kept.has(candidate) && candidate.epoch !== saved);
}

/** A difference would be NaN for two infinities. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}
