import type { Curve } from './curve-types.ts';
import { lowerBound } from './numbers.ts';
import type { Metric, Run } from './run.ts';
import { smoothCurve } from './smooth-curve.ts';
import { thinCurve } from './thin-curve.ts';

/** What curves are laid side by side by. */
export type Axis = 'step' | 'epoch' | 'time';
export const AXES = ['step', 'epoch', 'time'] as const satisfies readonly Axis[];

/** What is asked for of a curve. */
export interface CurveRequest {
  readonly tag: string;
  readonly axis: Axis;
  /** The weight of the past, from 0 to just below 1; see {@link smoothCurve}. */
  readonly smoothing: number;
  /** Whether it will be drawn on a logarithmic axis, on which values that are not positive have no place. */
  readonly log?: boolean;
  /** The part of the axis that will be seen; all of it if undefined. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The most points to give. */
  readonly points: number;
}

/** All points of a curve: not thinned. */
export interface FullCurve {
  readonly x: ArrayLike<number>;
  readonly y: Float64Array;
  readonly logged: ArrayLike<number>;
}

/**
 * A run's metric along an axis, smoothed over all its values and then thinned.
 *
 * @returns undefined if the run has not logged it, or nothing tells where it stands on this axis
 * @example
 * import { mkdirSync, writeFileSync } from 'node:fs';
 * import { RunFolder } from '@loopwright/board';
 *
 * mkdirSync('runs/baseline', { recursive: true });
 * writeFileSync('runs/baseline/metrics.jsonl', '{"step":1,"loss":4}\n{"step":2,"loss":1}\n');
 * const folder = new RunFolder('runs');
 * await folder.refresh();
 * const curve = curveOf(folder.runs[0]!, { tag: 'loss', axis: 'step', smoothing: 0.5, points: 500 });
 * curve?.y; // [4, 2]
 */
export function curveOf(run: Run, request: CurveRequest): Curve | undefined {
  const full = fullCurve(run, request);
  if (full === undefined) return undefined;
  const { x, y, logged } = full;
  const drawn = request.log ? y.map((value) => (value > 0 ? Math.log(value) : Number.NaN)) : y;
  const [start, end] = windowOf(x, request);
  const kept = withGaps(thinCurve(x, drawn, request.points, start, end), drawn);
  const pick = (values: ArrayLike<number>) => kept.map((index) => finiteOrNull(values[index]));
  return {
    x: kept.map((index) => x[Math.ceil(index)] as number),
    y: pick(y),
    ...(request.smoothing > 0 && { logged: pick(logged) }),
    count: x.length,
    notFinite: countNotFinite(logged),
  };
}

/** A run's metric along an axis, smoothed. */
export function fullCurve(
  run: Run,
  { tag, axis, smoothing }: Pick<CurveRequest, 'tag' | 'axis' | 'smoothing'>,
): FullCurve | undefined {
  const metric = run.metric(tag);
  if (metric === undefined) return undefined;
  const x = positionsOn(axis, metric);
  if (x === undefined) return undefined;
  const logged = metric.series.values.view();
  return { x, y: smoothCurve(logged, smoothing), logged };
}

/** Where the values stand on an axis, ascending; undefined if nothing tells. */
function positionsOn(axis: Axis, { series, unit, epochs }: Metric): ArrayLike<number> | undefined {
  const positions = series.positions.view();
  if (axis === 'step') return positions;
  if (axis === 'time') return series.times && ascending(series.times.view());
  if (unit === 'epoch') return positions;
  return epochs?.along(positions);
}

/** Clocks are set back at times: then time stands still. */
function ascending(times: ArrayLike<number>): Float64Array {
  const risen = Float64Array.from(times);
  for (let i = 1; i < risen.length; i++) {
    if (!((risen[i] as number) >= (risen[i - 1] as number))) risen[i] = risen[i - 1] as number;
  }
  return risen;
}

/** The positions from the last one before what will be seen to the first one after, so that lines reach the edges. */
export function windowOf(x: ArrayLike<number>, { from, to }: CurveRequest): [start: number, end: number] {
  const start = from === undefined ? 0 : Math.max(0, lowerBound(x, from) - 1);
  const end = to === undefined ? x.length : Math.min(x.length, lowerBound(x, to) + 1);
  return [start, Math.max(start, end)];
}

/** Puts a position without a value, between two whole ones, where the curve is interrupted. */
function withGaps(kept: readonly number[], drawn: Float64Array): number[] {
  return kept.flatMap((index, i) => {
    const before = kept[i - 1];
    const isGap = before !== undefined && hasGap(drawn, before + 1, index);
    return isGap ? [index - 0.5, index] : [index];
  });
}

function hasGap(values: Float64Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (!Number.isFinite(values[i])) return true;
  return false;
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** How many values are no finite numbers. */
export function countNotFinite(values: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) count += 1;
  return count;
}
