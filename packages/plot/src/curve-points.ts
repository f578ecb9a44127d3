import { largestTriangles } from './lttb.ts';
import type { CurveSeries } from './plot-options.ts';

/** More points than this are not told apart on a panel, and would make the file large. */
const MOST_POINTS = 1000;

/** A point of a curve that is drawn. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** The band at this point, where the series has one and it is finite. */
  readonly band: readonly [low: number, high: number] | undefined;
}

/** Connected stretches of a series, thinned where it is long. Points that cannot be drawn separate them. */
export function curveSegments(series: CurveSeries, log: boolean): CurvePoint[][] {
  const { x, y } = series;
  const drawable = Array.from({ length: x.length }, (_, i) => i).filter(
    (i) => Number.isFinite(x[i]) && Number.isFinite(y[i]) && (!log || (y[i] as number) > 0),
  );
  const xs = Float64Array.from(drawable, (i) => x[i] as number);
  const ys = Float64Array.from(drawable, (i) => (log ? Math.log(y[i] as number) : (y[i] as number)));
  const segments: CurvePoint[][] = [];
  let last: number | undefined;
  for (const position of largestTriangles(xs, ys, MOST_POINTS)) {
    const index = drawable[position] as number;
    // Nothing is missing between two points that are as far apart in the series as among its drawable points.
    const connected = last !== undefined && index - (drawable[last] as number) === position - last;
    if (!connected) segments.push([]);
    segments.at(-1)?.push({ x: x[index] as number, y: y[index] as number, band: bandAt(series, index) });
    last = position;
  }
  return segments;
}

function bandAt({ band }: CurveSeries, index: number): CurvePoint['band'] {
  const [low, high] = [band?.low[index] ?? Number.NaN, band?.high[index] ?? Number.NaN];
  return Number.isFinite(low) && Number.isFinite(high) ? [low, high] : undefined;
}
