import { checker } from '@loopwright/core';
import { firstBatches } from './batches.ts';
import { checkLoss } from './check-loss.ts';
import { GroupRates } from './group-rates.ts';
import { type Ending, LossCurve, type RangePoint } from './loss-curve.ts';
import { LossReader } from './loss-reader.ts';
import { plotRange } from './plot-range.ts';
import { checkRangeOptions, type RangeTestOptions, type RangeTestPlan } from './range-options.ts';
import { restorePoint } from './restore-point.ts';
import { type SuggestionMethod, type SuggestOptions, suggestLr } from './suggest-lr.ts';
import type { Suggestion } from './suggestion.ts';
import { sweepSchedule } from './sweep.ts';
import { validationLoss } from './validation-loss.ts';

/** What a range test found. */
export interface RangeTest {
  /** A point for each step, the one that ended the test included. Plain data. */
  readonly history: readonly RangePoint[];
  /** `'completed'` if all rates were tried. */
  readonly ending: Ending;
  /**
   * A rate that the curve suggests, or why it suggests none; see `suggestLr`.
   *
   * @param method `'valley'` by default
   */
  suggest(method?: SuggestionMethod, options?: SuggestOptions): Suggestion;
  /**
   * Draws the losses over the logarithm of the rate, and the suggestions, to an SVG file.
   *
   * @throws LoopwrightError if `@loopwright/plot` is not installed
   */
  plot(path: string): Promise<void>;
}

const check = checker('lr-finder', 'rangeTest');

/**
 * Trains for some steps at rates that grow from very low to too high, and watches the loss: where it falls fast, training is
 * fast and still safe. It ends at the last rate, or when the smoothed loss exceeds `divergence` times the smallest one, or
 * is not finite.
 *
 *     lr(step) = startLr · (endLr / startLr)^(step / (steps − 1))        or linear
 *     average ← β · average + (1 − β) · loss,  smoothed = average / (1 − β^(step + 1)),  β = smoothing
 *
 * Afterwards everything is as it was before, bit for bit, however the test ended, by an error too: the model with its running
 * statistics, the optimizer with rates, slots and steps, loaders that are `Stateful`, and what `restore` names. Random numbers
 * drawn by the engine are among what has to be named there (`restore: { random }`).
 *
 * Several groups of the optimizer keep the ratio of their rates; the rate of the test is that of the highest. The step must not
 * step a scheduler, which would set rates of its own; schedulers outside of it notice nothing.
 *
 * After Smith, "Cyclical Learning Rates for Training Neural Networks" (2017). Defaults are fastai's. Departures from it and from
 * Lightning and pytorch-lr-finder: the average is free of bias in all its uses; a loss that may be negative does not end
 * the test; with `validation` the training losses are kept too.
 *
 * @returns when the device has done all steps; it holds no tensors
 * @throws LoopwrightError for bad options, data without a batch, a loss that is not a scalar, and a step that changes rates;
 *   and whatever the step or the data throw
 * @example
 * const test = await rangeTest({
 *   model,
 *   optimizer,
 *   data: train,
 *   loss: ({ images, labels }) => crossEntropy(forward(images), labels),
 * });
 * const { lr, reason } = test.suggest('valley');
 * if (lr === undefined) console.log(`no suggestion: ${reason}`);
 * else optimizer.paramGroups[0]!.learningRate = lr;
 */
export async function rangeTest<B>(options: RangeTestOptions<B>): Promise<RangeTest> {
  const plan = checkRangeOptions(check, options);
  plan.signal?.throwIfAborted();
  const restore = restorePoint(check, plan.parts);
  const curve = new LossCurve(plan);
  try {
    await walk(plan, curve);
  } finally {
    restore();
  }
  const { points: history, ending } = curve;
  return {
    history,
    ending,
    suggest: (method, options) => suggestLr(history, method, options),
    plot: (path) => plotRange(path, history),
  };
}

/** Takes the steps of the test until one of them ends it. */
async function walk<B>(plan: RangeTestPlan<B>, curve: LossCurve): Promise<void> {
  const { optimizer, data, sweep, validation, readEvery, signal } = plan;
  const lrAt = sweepSchedule(sweep);
  const rates = new GroupRates(check, optimizer);
  const reader = new LossReader(curve, readEvery);
  let step = 0;
  try {
    for await (const batch of firstBatches(check, 'data', data, sweep.steps)) {
      signal?.throwIfAborted();
      const lr = lrAt(step);
      rates.assign(lr);
      const loss = checkLoss(check, 'the loss', await plan.step(batch));
      reader.hold({ step, lr, loss });
      rates.expectUnchanged();
      if (validation !== undefined) reader.holdValidation(await validationLoss(check, validation));
      await reader.readIfDue();
      if (curve.ending !== 'completed') return;
      step += 1;
    }
    await reader.read();
  } finally {
    reader.dispose();
  }
}
