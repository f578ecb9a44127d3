import { type CurvePoint, noSuggestion, type Suggestion, suggestion } from './suggestion.ts';

/** How far below the rate of the smallest loss training is safe. */
const MARGIN = 10;

/**
 * A tenth of the rate at which the loss was smallest: at that rate itself it is about to rise. fastai's rule.
 */
export function minimum(points: readonly CurvePoint[]): Suggestion {
  const losses = points.map(({ smoothed }) => smoothed);
  const index = losses.indexOf(Math.min(...losses));
  const point = points[index] as CurvePoint;
  if (index === 0) return noSuggestion('the loss never falls below that at the lowest rate');
  if (index === points.length - 1) {
    return noSuggestion(`the loss still falls at the highest rate, ${point.lr}: choose a higher endLr`);
  }
  return suggestion(point.lr / MARGIN, point);
}
