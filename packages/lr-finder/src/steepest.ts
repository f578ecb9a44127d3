import { type CurvePoint, noSuggestion, type Suggestion, suggestion } from './suggestion.ts';

/**
 * The rate where the loss falls fastest against the logarithm of the rate, on the way to its minimum: what falls after it
 * comes back from rates that were too high. Against the rate itself, small rates would always win: their steps are so short.
 *
 * Slopes inside are those of the parabola through a point and its neighbours, at the ends of the line to the neighbour, as
 * `numpy.gradient(losses, log(lrs))` computes them.
 */
export function steepest(points: readonly CurvePoint[]): Suggestion {
  const losses = points.map(({ smoothed }) => smoothed);
  const descent = points.slice(0, losses.indexOf(Math.min(...losses)) + 1);
  const slopes = descent.map((_, index) => slopeAt(points, index));
  const least = Math.min(...slopes);
  if (!(least < 0)) return noSuggestion('the loss never falls');
  const point = points[slopes.indexOf(least)] as CurvePoint;
  return suggestion(point.lr, point);
}

function slopeAt(points: readonly CurvePoint[], index: number): number {
  const [before, point, after] = [points[index - 1], points[index] as CurvePoint, points[index + 1]];
  if (before === undefined || after === undefined) return slope(before ?? point, after ?? point);
  const [left, right] = [distance(before, point), distance(point, after)];
  return (right * slope(before, point) + left * slope(point, after)) / (left + right);
}

function slope(from: CurvePoint, to: CurvePoint): number {
  return (to.smoothed - from.smoothed) / distance(from, to);
}

/** On the axis of log rates. */
function distance(from: CurvePoint, to: CurvePoint): number {
  return Math.log(to.lr / from.lr);
}
