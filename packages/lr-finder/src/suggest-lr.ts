import { checker, show } from '@loopwright/core';
import { minimum } from './minimum.ts';
import { steepest } from './steepest.ts';
import { type CurvePoint, noSuggestion, type Suggestion } from './suggestion.ts';
import { valley } from './valley.ts';

const methods = { valley, steepest, minimum } as const;

/** How a suggestion is read from a curve; see {@link suggestLr}. */
export type SuggestionMethod = keyof typeof methods;

/** Options of {@link suggestLr}. */
export interface SuggestOptions {
  /** Points left out at the start, where the average is over few losses. Default a tenth of them. */
  readonly skipStart?: number;
  /** Points left out at the end, where the loss leaves the valley. Default 5. */
  readonly skipEnd?: number;
}

/** Fewer points have no shape. */
const FEWEST_POINTS = 3;

const check = checker('lr-finder', 'suggestLr');

/**
 * Reads a learning rate from the curve of a range test, its smoothed losses over the logarithm of the rate:
 *
 * - `valley`: the middle of the longest descent; neither the most daring nor the most careful
 * - `steepest`: where the loss falls fastest, on the way to its minimum
 * - `minimum`: a tenth of the rate at which the loss was smallest
 *
 * Points from the first loss that is not finite on are left out, and those that the options skip.
 *
 * `valley` and `minimum` are fastai's rules and so are the defaults, but that a tenth of the points that there are is skipped
 * rather than of those that were planned. For rates that grow by equal factors `steepest` is what pytorch-lr-finder suggests,
 * except that this one also takes what falls after the minimum, on the way back from rates that were too high; fastai's takes
 * the slope to the next point alone.
 *
 * @param history as `rangeTest` returns it, or as it was kept in a file
 * @returns the rate and the step it was read from; or, with `lr: undefined`, the reason why there is none: too few points,
 *   a loss that never falls, a minimum that was not reached
 * @throws LoopwrightError for an unknown method, bad options, and a history that is not one
 * @example
 * const lrs = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10];
 * const losses = [2.3, 2.2, 1.6, 0.9, 0.8, 1.4];
 * const history = lrs.map((lr, step) => ({ step, lr, smoothed: losses[step]! }));
 * const { lr } = suggestLr(history, 'steepest', { skipEnd: 0 });
 * console.log(lr); // 0.01
 */
export function suggestLr(
  history: readonly CurvePoint[],
  method: SuggestionMethod = 'valley',
  options: SuggestOptions = {},
): Suggestion {
  checkHistory(history);
  check.oneOf('method', method, Object.keys(methods) as SuggestionMethod[]);
  const given = check.options(options, ['skipStart', 'skipEnd']);
  const { skipStart = Math.floor(history.length / 10), skipEnd = 5 } = given;
  check.integer('skipStart', skipStart, { min: 0 });
  check.integer('skipEnd', skipEnd, { min: 0 });
  const points = finitePart(history.slice(skipStart, Math.max(skipStart, history.length - skipEnd)));
  if (points.length >= FEWEST_POINTS) return methods[method](points);
  return noSuggestion(
    `of ${history.length} points ${points.length} are left to read from, at least ${FEWEST_POINTS} are needed: take more steps, or skip fewer`,
  );
}

function checkHistory(history: readonly CurvePoint[]): void {
  if (!Array.isArray(history)) check.fail(`history must be a list of points, got ${show(history)}`);
  for (const [index, point] of history.entries()) {
    if (typeof point?.step !== 'number' || typeof point.smoothed !== 'number') {
      check.fail(`history[${index}] must be a point with step, lr and smoothed, got ${show(point)}`);
    }
    check.number(`history[${index}].lr`, point.lr, { above: history[index - 1]?.lr ?? 0 });
  }
}

/** The points before the first one that is not finite. */
function finitePart(points: readonly CurvePoint[]): readonly CurvePoint[] {
  const end = points.findIndex(({ smoothed }) => !Number.isFinite(smoothed));
  return end < 0 ? points : points.slice(0, end);
}
