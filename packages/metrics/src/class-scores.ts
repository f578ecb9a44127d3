import type { Checker } from '@loopwright/core';
import { argMax, mul, oneHot, sum } from '@tensorflow/tfjs-core';
import { count } from './accumulators.ts';
import { classification, type IgnoreOptions, whereCounted } from './classification.ts';

/**
 * How the scores of the classes become one:
 *
 * - `macro`: their mean over the classes that occur in labels or predictions, as in scikit-learn and torchmetrics;
 * - `weighted`: their mean weighted by how many samples have the class as label;
 * - `micro`: the score of all decisions together (for single labels this is the accuracy);
 * - `none`: one score a class, in an array;
 * - `binary`: the score of class 1 of two.
 */
export type Average = 'macro' | 'weighted' | 'micro' | 'none' | 'binary';

/** The result of a metric that averages over classes: an array if it does not average. */
export type Averaged<A extends string> = A extends 'none' ? number[] : number;

/** Options of `Precision`, `Recall`, `F1` and `JaccardIndex`. */
export interface ClassScoreOptions<A extends Average = Average> extends IgnoreOptions {
  /** Number of classes, at least 2. */
  readonly classes: number;
  /** `macro` by default. */
  readonly average?: A;
}

/** What decides a class's score. */
export interface Outcomes {
  readonly truePositives: number;
  /** Samples that were predicted to be of the class. */
  readonly predicted: number;
  /** Samples that are of the class. */
  readonly actual: number;
}

const AVERAGES: readonly Average[] = ['macro', 'weighted', 'micro', 'none', 'binary'];

/** Finer points of {@link classScores}. */
export interface ClassScoring {
  /** Whether a class that is ignored as a label is also left alone where samples were taken for it, by mistake. */
  readonly dropsIgnored?: boolean;
}

/** The definition of a metric that scores each class by its outcomes and averages; `score` must give 0 for 0/0. */
export function classScores<A extends Average>(
  check: Checker,
  options: ClassScoreOptions<A>,
  score: (outcomes: Outcomes) => number,
  { dropsIgnored = false }: ClassScoring = {},
) {
  const given = check.options(options, ['classes', 'average', 'ignoreIndex']);
  const { classes: width, average: chosen = 'macro', ignoreIndex } = given;
  const classes = check.integer('classes', width, { min: 2 });
  const average = check.oneOf<Average>('average', chosen, AVERAGES);
  if (average === 'binary' && classes !== 2) check.fail(`average "binary" needs 2 classes, got ${classes}`);
  const empty = average === 'none' ? new Array<number>(classes).fill(Number.NaN) : Number.NaN;
  return classification(check, {
    config: { classes, average },
    ignoreIndex,
    accumulators: { truePositives: count([classes]), predicted: count([classes]), actual: count([classes]) },
    increments: ({ logits, labels, counted }) => {
      const truth = oneHot(labels, classes);
      const prediction = oneHot(whereCounted(counted, argMax(logits, 1), -1), classes);
      return {
        truePositives: sum(mul(truth, prediction), 0),
        predicted: sum(prediction, 0),
        actual: sum(truth, 0),
      };
    },
    result: ({ truePositives, predicted, actual }) => {
      const outcomes = Array.from(actual, (_, index) => ({
        truePositives: truePositives[index] as number,
        predicted: dropsIgnored && index === ignoreIndex ? 0 : (predicted[index] as number),
        actual: actual[index] as number,
      }));
      return averageScores(outcomes, average, score) as Averaged<A>;
    },
    empty: empty as Averaged<A>,
  });
}

function averageScores(
  outcomes: readonly Outcomes[],
  average: Average,
  score: (outcomes: Outcomes) => number,
): number | number[] {
  switch (average) {
    case 'none':
      return outcomes.map(score);
    case 'binary':
      return score(outcomes[1] as Outcomes);
    case 'micro':
      return score(outcomes.reduce(addOutcomes));
    case 'macro':
      return weightedMean(
        outcomes.map(score),
        outcomes.map(({ predicted, actual }) => (predicted + actual > 0 ? 1 : 0)),
      );
    case 'weighted':
      return weightedMean(
        outcomes.map(score),
        outcomes.map(({ actual }) => actual),
      );
  }
}

function addOutcomes(a: Outcomes, b: Outcomes): Outcomes {
  return {
    truePositives: a.truePositives + b.truePositives,
    predicted: a.predicted + b.predicted,
    actual: a.actual + b.actual,
  };
}

/** The mean of `values` by `weights`; values of weight 0 do not count, even if NaN. NaN without any weight. */
export function weightedMean(values: readonly number[], weights: readonly number[]): number {
  let total = 0;
  let weight = 0;
  values.forEach((value, index) => {
    const share = weights[index] as number;
    if (share === 0) return;
    total += share * value;
    weight += share;
  });
  return total / weight;
}

/** A fraction that is 0 where there is nothing to divide by (scikit-learn's `zero_division=0`). */
export function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}
