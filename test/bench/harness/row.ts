import type { Participant, Precision, Side } from './benchmark.ts';
import type { Measurement } from './measurement.ts';
import { median, quantile, steadyPart } from './statistics.ts';

/** A line of a table: what a participant came to in all of its turns. */
export type Row = MeasuredRow | FailedRow;

export interface MeasuredRow {
  readonly name: string;
  readonly side: Side;
  readonly precision?: Precision;
  /** Of all blocks of all rounds, without the warm-ups. */
  readonly medianMs: number;
  /** The range in which eight blocks of ten lie. */
  readonly p10Ms: number;
  readonly p90Ms: number;
  /** Each round's median. */
  readonly roundMs: readonly number[];
  /** How many items a second, where the case counts them. */
  readonly itemsPerSecond?: number;
  readonly setupMs: number;
  /** Of the first round, when nothing was cached by an earlier one. */
  readonly firstStepMs: number;
  readonly peakBytes?: number;
  readonly peakBeforeBytes?: number;
  readonly loss?: number;
  readonly weights?: number;
}

/** A participant that could not do the work, and why. */
export interface FailedRow {
  readonly name: string;
  readonly side: Side;
  readonly failure: string;
}

export function isMeasured(row: Row): row is MeasuredRow {
  return !('failure' in row);
}

/** Sums up a participant's turns, at least one. */
export function measuredRow(
  { name, side, precision }: Participant,
  turns: readonly [Measurement, ...Measurement[]],
  itemsPerStep: number | undefined,
): MeasuredRow {
  const rounds = turns.map(({ stepMs }) => steadyPart(stepMs));
  const all = rounds.flat();
  const medianMs = median(all);
  const [first] = turns;
  return {
    name,
    side,
    ...(precision && { precision }),
    medianMs,
    p10Ms: quantile(all, 0.1),
    p90Ms: quantile(all, 0.9),
    roundMs: rounds.map(median),
    ...(itemsPerStep !== undefined && { itemsPerSecond: (1000 * itemsPerStep) / medianMs }),
    setupMs: median(turns.map(({ setupMs }) => setupMs)),
    firstStepMs: first.firstStepMs,
    ...(first.peakBytes !== undefined && { peakBytes: largest(turns, 'peakBytes') }),
    ...(first.peakBeforeBytes !== undefined && { peakBeforeBytes: largest(turns, 'peakBeforeBytes') }),
    ...(first.loss !== undefined && { loss: first.loss }),
    ...(first.weights !== undefined && { weights: first.weights }),
  };
}

function largest(turns: readonly Measurement[], key: 'peakBytes' | 'peakBeforeBytes'): number {
  return Math.max(...turns.map((turn) => turn[key] ?? 0));
}
