import { checker } from '@loopwright/core';
import {
  argMax,
  cast,
  equal,
  expandDims,
  floor,
  matMul,
  max,
  minimum,
  mul,
  oneHot,
  reshape,
  softmax,
  sum,
} from '@tensorflow/tfjs-core';
import { count, sum as sumOf } from './accumulators.ts';
import {
  type ClassificationArgs,
  type ClassificationBatch,
  classification,
  type IgnoreOptions,
  whereCounted,
} from './classification.ts';
import { Metric } from './metric.ts';

/** How the gaps of the bins become one: mean (`l1`), root mean square (`l2`) or the largest (`max`). */
export type CalibrationNorm = 'l1' | 'l2' | 'max';

/** Options of {@link CalibrationError}. */
export interface CalibrationErrorOptions extends IgnoreOptions {
  /** Number of equally wide bins of confidence, at least 2; 15 by default. */
  readonly bins?: number;
  /** `l1` by default, the expected calibration error. */
  readonly norm?: CalibrationNorm;
}

const check = checker('metrics', 'CalibrationError');
const NORMS: readonly CalibrationNorm[] = ['l1', 'l2', 'max'];

function define(options?: CalibrationErrorOptions) {
  const given = check.options(options, ['bins', 'norm', 'ignoreIndex']);
  const bins = check.integer('bins', given.bins ?? 15, { min: 2 });
  const norm = check.oneOf('norm', given.norm ?? 'l1', NORMS);
  return classification(check, {
    config: { bins, norm },
    ignoreIndex: given.ignoreIndex,
    accumulators: { confidence: sumOf([bins]), correct: count([bins]), size: count([bins]) },
    increments: (batch) => binConfidence(batch, bins),
    result: ({ confidence, correct, size }, samples) => {
      const binned = size.reduce((total, length) => total + length, 0);
      if (binned !== samples) return Number.NaN; // A confidence that is NaN belongs to no bin.
      const gaps = Array.from(size, (length, bin) => ({
        share: length / samples,
        gap: length === 0 ? 0 : Math.abs((correct[bin] as number) - (confidence[bin] as number)) / length,
      }));
      return combineGaps(gaps, norm);
    },
    empty: Number.NaN,
  });
}

/** By bin of the largest probability: these probabilities added up, how many were right, and how many there are. */
function binConfidence({ logits, labels, counted }: ClassificationBatch, bins: number) {
  const confidence = whereCounted(counted, max(softmax(logits), 1), 0);
  const bin = whereCounted(counted, cast(minimum(floor(mul(confidence, bins)), bins - 1), 'int32'), -1);
  const members = oneHot(bin, bins);
  const right = expandDims(cast(equal(argMax(logits, 1), labels), 'int32'), 1);
  return {
    confidence: reshape(matMul(expandDims(confidence, 0), cast(members, 'float32')), [bins]),
    correct: sum(mul(members, right), 0),
    size: sum(members, 0),
  };
}

function combineGaps(gaps: readonly { share: number; gap: number }[], norm: CalibrationNorm): number {
  if (norm === 'max') return Math.max(...gaps.map(({ gap }) => gap));
  if (norm === 'l1') return gaps.reduce((total, { share, gap }) => total + share * gap, 0);
  return Math.sqrt(gaps.reduce((total, { share, gap }) => total + share * gap ** 2, 0));
}

/**
 * How far confidence and accuracy are apart: samples are binned by their largest probability (softmax of the logits),
 * and in each bin the mean probability is compared with the fraction that is right.
 *
 *     l1:  Σ sizeᵦ/n · |accuracyᵦ - confidenceᵦ|      l2:  √(Σ sizeᵦ/n · (…)²)      max:  maxᵦ |…|
 *
 * Follows C. Guo et al., "On calibration of modern neural networks" (2017). A bin includes its lower bound and the last
 * one includes 1; torchmetrics gives a probability of 1 a bin of its own. A NaN logit makes the result NaN; before the
 * first sample it is NaN too.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
 * @example
 * const ece = new CalibrationError({ bins: 15, norm: 'l1' });
 * ece.update(logits, labels);
 * console.log(await ece.compute());
 */
export class CalibrationError extends Metric<ClassificationArgs, number> {
  constructor(options: CalibrationErrorOptions = {}) {
    super(check, define, options);
  }
}
