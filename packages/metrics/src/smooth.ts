import { checker } from '@loopwright/core';
import { defer, map, type OperatorFunction } from 'rxjs';
import { isPosition, type MetricRecord, type PlainRecord, readRecord } from './metric-record.ts';

/** Options of {@link smooth}. */
export interface SmoothOptions {
  /** Share of the past in each new average, from 0 (no smoothing) to just below 1. */
  readonly beta: number;
}

const check = checker('metrics', 'smooth');

/**
 * Replaces each number by the exponential moving average of its name so far, without the pull towards zero that a plain
 * one has at its start:
 *
 *     mₜ = beta · mₜ₋₁ + (1 - beta) · xₜ;   result = mₜ / (1 - betaᵗ)
 *
 * It reads tensors. Position, strings and booleans pass unchanged, and so do numbers that are not finite, which do not
 * enter the average. Averages start anew with each subscription.
 *
 * @throws LoopwrightError if `beta` is below 0 or not below 1, or an option is unknown
 * @example
 * const seen: unknown[] = [];
 * metrics.pipe(smooth({ beta: 0.5 })).subscribe(({ loss }) => seen.push(loss));
 * for (const loss of [1, 4]) metrics.next({ loss });
 * seen; // [1, 3]
 */
export function smooth(options: SmoothOptions): OperatorFunction<MetricRecord, PlainRecord> {
  const { beta } = check.options(options, ['beta']);
  check.number('beta', beta, { min: 0, below: 1 });
  return (source) =>
    defer(() => {
      const averages = new Map<string, DebiasedAverage>();
      return source.pipe(map((record) => smoothRecord(readRecord(record), averages, beta)));
    });
}

interface DebiasedAverage {
  readonly moment: number;
  /** 1 - betaᵗ: the weight of all values together. */
  readonly weight: number;
}

function smoothRecord(
  record: PlainRecord,
  averages: Map<string, DebiasedAverage>,
  beta: number,
): PlainRecord {
  const smoothed = Object.entries(record).map(([name, value]) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || isPosition(name))
      return [name, value] as const;
    const { moment, weight } = averages.get(name) ?? { moment: 0, weight: 0 };
    const next = { moment: beta * moment + (1 - beta) * value, weight: beta * weight + (1 - beta) };
    averages.set(name, next);
    return [name, next.moment / next.weight] as const;
  });
  return Object.fromEntries(smoothed);
}
