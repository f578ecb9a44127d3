import { addN, div, exp, log, maximum, minimum, mul, sqrt, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Makes one output of those of all views: all of one shape, at least one, with the views' weights in the same order.
 * It borrows them, may return one of them, and runs inside `tf.tidy`.
 */
export type Merge = (outputs: readonly Tensor[], weights: readonly number[]) => Tensor;

export type MergeName = 'mean' | 'gmean' | 'max' | 'min' | 'sum' | 'tsharpen';

/** A merge by name, with what it may be used for. */
export interface MergeRule {
  readonly merge: Merge;
  /** Whether it is defined for probabilities only, since it takes a logarithm or a root. */
  readonly onlyProbabilities: boolean;
  /** Whether weights change what it gives. */
  readonly usesWeights: boolean;
}

/** Σ w x. */
const sum: Merge = (outputs, weights) => addN(outputs.map((output, i) => mul(output, weights[i] as number)));

/** Σ w x / Σ w. */
const mean: Merge = (outputs, weights) =>
  div(
    sum(outputs, weights),
    weights.reduce((total, weight) => total + weight, 0),
  );

/** (Π x^w)^(1 / Σ w), in log space. */
const gmean: Merge = (outputs, weights) =>
  exp(
    mean(
      outputs.map((output) => log(output)),
      weights,
    ),
  );

/** Σ w √x / Σ w, by the name that ttach gives it. */
const tsharpen: Merge = (outputs, weights) =>
  mean(
    outputs.map((output) => sqrt(output)),
    weights,
  );

const fold =
  (pick: (a: Tensor, b: Tensor) => Tensor): Merge =>
  (outputs) =>
    outputs.reduce((chosen, output) => pick(chosen, output));

const max: Merge = fold((a, b) => maximum(a, b));
const min: Merge = fold((a, b) => minimum(a, b));

/** Every merge by name. */
export const merges: Readonly<Record<MergeName, MergeRule>> = {
  mean: { merge: mean, onlyProbabilities: false, usesWeights: true },
  gmean: { merge: gmean, onlyProbabilities: true, usesWeights: true },
  max: { merge: max, onlyProbabilities: false, usesWeights: false },
  min: { merge: min, onlyProbabilities: false, usesWeights: false },
  sum: { merge: sum, onlyProbabilities: false, usesWeights: true },
  tsharpen: { merge: tsharpen, onlyProbabilities: true, usesWeights: true },
};
