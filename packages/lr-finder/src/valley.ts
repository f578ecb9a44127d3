import { type CurvePoint, noSuggestion, type Suggestion, suggestion } from './suggestion.ts';

/** Where points of a curve that fall from one to the next end, and how many they are. */
interface Descent {
  readonly end: number;
  readonly length: number;
}

/**
 * The rate in the middle of the longest valley. A valley is a descending subsequence of the losses: points between that lie higher
 * are passed over but not counted. With its last point e and its length n, the suggestion is at
 *
 *     start + ⌊w⌋ + ⌊w / 2⌋        w = (e − start) / 3,  start = e − n
 *
 * This is fastai's rule (`fastai/callback/schedule.py`), which takes the valley for as many neighbouring points as it counts.
 */
export function valley(points: readonly CurvePoint[]): Suggestion {
  const { end, length } = longestDescent(points.map(({ smoothed }) => smoothed));
  if (length < 2) return noSuggestion('the loss never falls');
  const third = length / 3;
  const point = points[Math.max(0, end - length + Math.floor(third) + Math.floor(third / 2))] as CurvePoint;
  return suggestion(point.lr, point);
}

/** The longest strictly descending subsequence; of several the one that ends first. */
function longestDescent(losses: readonly number[]): Descent {
  const lengths: number[] = [];
  let longest: Descent = { end: 0, length: 1 };
  for (const [end, loss] of losses.entries()) {
    const before = lengths.filter((_, index) => (losses[index] as number) > loss);
    const length = 1 + Math.max(0, ...before);
    lengths.push(length);
    if (length > longest.length) longest = { end, length };
  }
  return longest;
}
