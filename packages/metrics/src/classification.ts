import { type Checker, show } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import {
  cast,
  equal,
  fill,
  mod,
  notEqual,
  reshape,
  type Scalar,
  scalar,
  sum as sumOf,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  where,
} from '@tensorflow/tfjs-core';
import {
  type Accumulator,
  type AccumulatorSpec,
  count,
  type Increments,
  type Totals,
  tally,
} from './accumulators.ts';
import type { MetricConfig, MetricDefinition } from './metric.ts';

/**
 * What `update` of every classification metric takes: float32 [batch, …, classes] and int32 [batch, …], both borrowed.
 * A sample may be an image, or each pixel of an image or token of a text.
 */
export type ClassificationArgs = [logits: Tensor, labels: Tensor];

/** An option of every classification metric. */
export interface IgnoreOptions {
  /** Samples with this label do not count, whether it is a class or not; as in `crossEntropy`. None by default. */
  readonly ignoreIndex?: number;
}

/** A checked batch, each sample a row. */
export interface ClassificationBatch {
  readonly logits: Tensor2D;
  /** -1, which is no class, where a sample is ignored. */
  readonly labels: Tensor1D;
  /** Which samples count: bool [size]. Undefined where none is ignored. */
  readonly counted: Tensor1D | undefined;
  readonly size: number;
  readonly classes: number;
}

/** What a metric adds to {@link classification}: everything but the book-keeping of samples. */
export interface ClassificationDefinition<Result, Spec extends AccumulatorSpec> {
  /** All options but `ignoreIndex`. */
  readonly config: MetricConfig;
  readonly ignoreIndex: number | undefined;
  readonly accumulators: Spec;
  readonly increments: (batch: ClassificationBatch) => Increments<Spec>;
  /** `samples`, those that count, is at least 1. */
  readonly result: (totals: Totals<Spec>, samples: number) => Result;
  /** What {@link result} is before the first sample that counts. */
  readonly empty: Result;
}

/** Counts are int32. */
const MOST_SAMPLES = 2 ** 31 - 1;

/** `ignored` is there only if a label is ignored. */
type SampleCounts = Readonly<Record<'samples' | 'labelled' | 'ignored', Accumulator<number>>>;

/**
 * Turns the definition of a classification metric into a metric's: it checks logits and labels, and counts samples.
 *
 * Whether a label is a class index cannot be checked without waiting for the device, so those that are get counted
 * there, and `compute()` throws if any were not.
 */
export function classification<Result, Spec extends AccumulatorSpec>(
  check: Checker,
  definition: ClassificationDefinition<Result, Spec>,
): MetricDefinition<ClassificationArgs, Result, Spec & SampleCounts> {
  const { ignoreIndex } = definition;
  checkIgnoreIndex(check, ignoreIndex);
  const ignores = ignoreIndex !== undefined;
  return {
    config: { ...definition.config, ...(ignores && { ignoreIndex }) },
    accumulators: {
      ...definition.accumulators,
      samples: tally(),
      labelled: count(),
      ...(ignores && { ignored: count() }),
    } as Spec & SampleCounts,
    increments: (logits, labels) => {
      const batch = checkBatch(check, logits, labels, {
        classes: definition.config.classes as number | undefined,
        ignoreIndex,
      });
      return {
        ...definition.increments(batch),
        samples: batch.size,
        labelled: sumOf(equal(mod(batch.labels, batch.classes), batch.labels)),
        ...(ignores && { ignored: sumOf(equal(labels, scalar(ignoreIndex, 'int32'))) }),
      } as Increments<Spec & SampleCounts>;
    },
    result: (totals) => {
      const { samples: seen, labelled, ignored = 0 } = totals as Totals<SampleCounts>;
      if (seen > MOST_SAMPLES)
        check.fail(`has seen ${seen} samples and counts up to ${MOST_SAMPLES}; reset it before`);
      const samples = seen - ignored;
      if (labelled !== samples) {
        check.fail(
          `${samples - labelled} of ${samples} labels were not between 0 and the number of classes - 1`,
        );
      }
      return samples === 0 ? definition.empty : definition.result(totals as unknown as Totals<Spec>, samples);
    },
  };
}

/** The device learns whether a label is meant; here only what no label can be is refused. */
export function checkIgnoreIndex(check: Checker, ignoreIndex: number | undefined): void {
  if (ignoreIndex !== undefined) check.integer('ignoreIndex', ignoreIndex);
}

/** What {@link checkBatch} holds a batch to. */
interface BatchSpec {
  /** Free unless given. */
  readonly classes?: number | undefined;
  readonly ignoreIndex?: number | undefined;
}

/** Checks the shapes and types of a batch of logits and labels, and makes each sample a row; call it in a `tidy`. */
export function checkBatch(
  check: Checker,
  logits: Tensor,
  labels: Tensor,
  { classes, ignoreIndex }: BatchSpec = {},
): ClassificationBatch {
  const width = checkLogits(check, logits, classes);
  checkTensor(check, 'labels', labels, { dtype: 'int32', shape: logits.shape.slice(0, -1) });
  const { size } = labels;
  const rows = (logits.rank === 2 ? logits : reshape(logits, [size, width])) as Tensor2D;
  const given = (labels.rank === 1 ? labels : reshape(labels, [size])) as Tensor1D;
  const counted =
    ignoreIndex === undefined ? undefined : notEqual<Tensor1D>(given, scalar(ignoreIndex, 'int32'));
  return { logits: rows, labels: whereCounted(counted, given, -1), counted, size, classes: width };
}

/** @returns the number of classes */
function checkLogits(check: Checker, logits: Tensor, expected: number | undefined): number {
  const given =
    logits instanceof Tensor && logits.dtype === 'float32' && logits.rank >= 2
      ? logits.shape.at(-1)
      : undefined;
  if (given === undefined || (expected ?? given) !== given) {
    check.fail(
      `logits must be a float32 tensor of shape [batch, …, ${expected ?? 'classes'}], got ${show(logits)}`,
    );
  }
  if (given < 2) check.fail(`logits must have at least 2 classes, got ${show(logits)}`);
  return given;
}

/** How many samples count, as float32 if only the device knows. */
export function countSamples({ counted, size }: ClassificationBatch): Scalar | number {
  return counted === undefined ? size : sumOf(cast(counted, 'float32'));
}

/** The values of the samples that count, and `otherwise` for the others. */
export function whereCounted<T extends Tensor>(
  counted: Tensor1D | undefined,
  values: T,
  otherwise: number,
): T {
  if (counted === undefined) return values;
  return where(counted, values, fill(values.shape, otherwise, values.dtype as 'int32')) as T;
}
