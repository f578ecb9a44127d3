import { checker } from '@loopwright/core';
import {
  add,
  cast,
  equal,
  expandDims,
  floor,
  logicalAnd,
  maximum,
  mul,
  oneHot,
  range,
  reshape,
  scalar,
  scatterND,
  softmax,
  stack,
  sub,
} from '@tensorflow/tfjs-core';
import { count } from './accumulators.ts';
import { type Averaged, weightedMean } from './class-scores.ts';
import {
  type ClassificationArgs,
  type ClassificationBatch,
  classification,
  type IgnoreOptions,
} from './classification.ts';
import { Metric } from './metric.ts';

/** How the areas of the classes become one; see {@link AUROC}. */
export type AurocAverage = 'macro' | 'weighted' | 'none' | 'binary';

/** Options of {@link AUROC}. */
export interface AurocOptions<A extends AurocAverage = AurocAverage> extends IgnoreOptions {
  /** Number of classes, at least 2. */
  readonly classes: number;
  /** `binary` for two classes and `macro` for more by default. */
  readonly average?: A;
  /** Number of thresholds, evenly spaced from 0 to 1; 200 by default. */
  readonly thresholds?: number;
}

const check = checker('metrics', 'AUROC');
const AVERAGES: readonly AurocAverage[] = ['macro', 'weighted', 'none', 'binary'];

function define<A extends AurocAverage>(options: AurocOptions<A>) {
  const given = check.options(options, ['classes', 'average', 'thresholds', 'ignoreIndex']);
  const classes = check.integer('classes', given.classes, { min: 2 });
  const average = check.oneOf<AurocAverage>(
    'average',
    given.average ?? (classes === 2 ? 'binary' : 'macro'),
    AVERAGES,
  );
  if (average === 'binary' && classes !== 2) check.fail(`average "binary" needs 2 classes, got ${classes}`);
  const thresholds = check.integer('thresholds', given.thresholds ?? 200, { min: 2 });
  const empty = average === 'none' ? new Array<number>(classes).fill(Number.NaN) : Number.NaN;
  return classification(check, {
    config: { classes, average, thresholds },
    ignoreIndex: given.ignoreIndex,
    accumulators: { histogram: count([classes, thresholds, 2]) },
    increments: (batch) => ({ histogram: scoreHistogram(batch, thresholds) }),
    result: ({ histogram }, samples) => {
      const curves = Array.from({ length: classes }, (_, index) =>
        rocCurve(histogram.subarray(index * thresholds * 2, (index + 1) * thresholds * 2)),
      );
      const seesAll = curves.every(({ positives, negatives }) => positives + negatives === samples);
      return (seesAll ? averageAreas(curves, average) : empty) as Averaged<A>;
    },
    empty: empty as Averaged<A>,
  });
}

/**
 * For each class, how many samples that are of it, and that are not, have their probability at each threshold, rounded
 * down: int32 [classes, thresholds, 2]. Probabilities that are NaN are left out, and samples that do not count.
 */
function scoreHistogram({ logits, labels, counted, classes, size }: ClassificationBatch, thresholds: number) {
  const probabilities = softmax(logits);
  const bins = maximum(cast(floor(mul(probabilities, thresholds - 1)), 'int32'), scalar(0, 'int32'));
  const cells = add(bins, mul(range(0, classes, 1, 'int32'), scalar(thresholds, 'int32')));
  const numbers = equal(probabilities, probabilities);
  const known = cast(counted === undefined ? numbers : logicalAnd(numbers, expandDims(counted, 1)), 'int32');
  const isClass = mul(oneHot(labels, classes), known);
  const outcomes = reshape(stack([isClass, sub(known, isClass)], 2), [size * classes, 2]);
  const flat = scatterND(reshape(cells, [size * classes, 1]), outcomes, [classes * thresholds, 2]);
  return reshape(flat, [classes, thresholds, 2]);
}

/** The ROC curve of one class against the rest, as far as it matters here. */
interface ClassCurve {
  readonly area: number;
  readonly positives: number;
  readonly negatives: number;
}

/**
 * The area under a ROC curve from (0, 0) on, by trapezoids: scores that share a threshold count as ties, by half.
 *
 * @param histogram positives and negatives alternating, by threshold upwards
 */
function rocCurve(histogram: Float64Array): ClassCurve {
  let positives = 0;
  let negatives = 0;
  let pairs = 0;
  for (let index = histogram.length - 2; index >= 0; index -= 2) {
    const ofClass = histogram[index] as number;
    const ofRest = histogram[index + 1] as number;
    pairs += ofRest * (positives + ofClass / 2);
    positives += ofClass;
    negatives += ofRest;
  }
  return { area: pairs / (positives * negatives), positives, negatives };
}

function averageAreas(curves: readonly ClassCurve[], average: AurocAverage): number | number[] {
  const areas = curves.map(({ area }) => area);
  if (average === 'none') return areas;
  if (average === 'binary') return areas[1] as number;
  const weights = curves.map(({ positives, negatives }) => {
    if (positives === 0 || negatives === 0) return 0;
    return average === 'macro' ? 1 : positives;
  });
  return weightedMean(areas, weights);
}

/**
 * The area under the receiver operating characteristic: how likely a sample of a class gets a higher probability for
 * it than one of another class. 0.5 is chance, 1 is a perfect ranking.
 *
 * Two classes: the probability of class 1 decides (`binary`). More: each class against the rest, and then their mean
 * (`macro`), their mean weighted by how many samples the class has (`weighted`), or all of them (`none`). A class that no
 * sample or every sample has is NaN, and left out of the means.
 *
 * Memory is constant because probabilities (softmax of the logits) are rounded down to `thresholds` evenly spaced
 * values: scores closer than 1 / (thresholds - 1), 0.005 by default, may count as ties. A very confident model crowds at
 * the ends, and wants more thresholds. This is torchmetrics' binned mode, but for samples of probability 1 exactly, which
 * it leaves out of the area. A NaN logit makes the result NaN; before the first sample it is NaN too.
 *
 * @throws LoopwrightError from `update` if a tensor has another type or shape; from `compute` if a label was neither a class
 *   index nor ignored
 * @example
 * const auroc = new AUROC({ classes: 2, thresholds: 1000 });
 * auroc.update(tf.tensor2d([[1, 2], [3, 1], [1, 1]]), tf.tensor1d([1, 0, 0], 'int32'));
 * await auroc.compute(); // 1
 */
export class AUROC<A extends AurocAverage = 'macro'> extends Metric<ClassificationArgs, Averaged<A>> {
  constructor(options: AurocOptions<A>) {
    super(check, define<A>, options);
  }
}
