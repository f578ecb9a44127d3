import { type CurveRequest, countNotFinite, type FullCurve, fullCurve, windowOf } from './curve.ts';
import type { Band } from './curve-types.ts';
import type { Run } from './run.ts';
import { thinCurve } from './thin-curve.ts';

/**
 * The mean over runs that differ in their seed alone, with the sample standard deviation (n − 1) at each point. Where a run
 * has no value of its own between two others of it, the line between them counts.
 *
 * @returns undefined if no run has the metric on this axis
 * @example
 * import { mkdirSync, writeFileSync } from 'node:fs';
 * import { RunFolder } from '@loopwright/board';
 *
 * for (const seed of [1, 2]) {
 *   mkdirSync(`runs/seed-${seed}`, { recursive: true });
 *   writeFileSync(`runs/seed-${seed}/metrics.jsonl`, `{"step":1,"loss":${2 * seed}}\n`);
 * }
 * const folder = new RunFolder('runs');
 * await folder.refresh();
 * const band = seedBand(folder.runs, { tag: 'loss', axis: 'step', smoothing: 0, points: 500 });
 * [band?.y[0], band?.high[0]]; // [3, 4.41421…]
 */
export function seedBand(runs: readonly Run[], request: CurveRequest): Band | undefined {
  const curves = runs.flatMap((run) => fullCurve(run, request) ?? []);
  if (curves.length === 0) return undefined;
  const x = commonPositions(curves, request);
  const moments = new Moments(x.length);
  for (const curve of curves) addAlong(curve, x, moments);
  const drawn = request.log
    ? moments.mean.map((value) => (value > 0 ? Math.log(value) : Number.NaN))
    : moments.mean;
  const kept = thinCurve(x, drawn, request.points);
  const spread = (sign: 1 | -1) => kept.map((index) => finiteOrNull(moments.meanWithSpread(index, sign)));
  return {
    x: kept.map((index) => x[index] as number),
    y: kept.map((index) => finiteOrNull(moments.mean[index])),
    low: spread(-1),
    high: spread(1),
    runs: kept.map((index) => moments.counts[index] as number),
    count: Math.max(...curves.map((curve) => curve.x.length)),
    notFinite: curves.reduce((sum, { logged }) => sum + countNotFinite(logged), 0),
  };
}

/** Welford's running mean and sum of squares at each point. */
class Moments {
  readonly counts: Uint32Array;
  readonly mean: Float64Array;
  private readonly squares: Float64Array;

  constructor(length: number) {
    this.counts = new Uint32Array(length);
    this.mean = new Float64Array(length).fill(Number.NaN);
    this.squares = new Float64Array(length);
  }

  add(index: number, value: number): void {
    const count = (this.counts[index] as number) + 1;
    const before = count === 1 ? 0 : (this.mean[index] as number);
    const mean = before + (value - before) / count;
    this.squares[index] = (this.squares[index] as number) + (value - before) * (value - mean);
    this.mean[index] = mean;
    this.counts[index] = count;
  }

  meanWithSpread(index: number, sign: 1 | -1): number {
    const count = this.counts[index] as number;
    return (this.mean[index] as number) + sign * Math.sqrt((this.squares[index] as number) / (count - 1));
  }
}

/** The positions of all curves that will be seen, each once. */
function commonPositions(curves: readonly FullCurve[], request: CurveRequest): Float64Array {
  const all = new Float64Array(curves.reduce((sum, { x }) => sum + x.length, 0));
  let length = 0;
  for (const { x } of curves) {
    all.set(x, length);
    length += x.length;
  }
  const positions = all.sort().filter((value, index) => value !== all[index - 1]);
  return positions.subarray(...windowOf(positions, request));
}

/** Adds a curve at each of the positions that it reaches. */
function addAlong({ x, y }: FullCurve, positions: Float64Array, moments: Moments): void {
  let next = 0;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i] as number;
    while (next < x.length && (x[next] as number) < position) next += 1;
    if (next === x.length) return;
    const value = valueAt(x, y, next, position);
    if (Number.isFinite(value)) moments.add(i, value);
  }
}

/** The value at a position, of which `next` is the first point that is not before it. */
function valueAt(x: ArrayLike<number>, y: Float64Array, next: number, position: number): number {
  const [right, above] = [x[next] as number, y[next] as number];
  if (right === position) return above;
  if (next === 0) return Number.NaN;
  const [left, below] = [x[next - 1] as number, y[next - 1] as number];
  return below + ((position - left) / (right - left)) * (above - below);
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
