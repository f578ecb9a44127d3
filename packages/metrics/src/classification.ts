import { type Checker, show } from '@loopwright/core';
import { checkTensor } from '@loopwright/core/tensors';
import { equal, mod, sum as sumOf, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import {
  type Accumulator,
  type AccumulatorSpec,
  count,
  type Increments,
  type Totals,
  tally,
} from './accumulators.ts';
import type { MetricConfig, MetricDefinition } from './metric.ts';

/** What `update` of every classification metric takes: float32 [batch, classes] and int32 [batch], both borrowed. */
export type ClassificationArgs = [logits: Tensor, labels: Tensor];

/** A checked batch. */
export interface ClassificationBatch {
  readonly logits: Tensor2D;
  readonly labels: Tensor1D;
  readonly size: number;
  readonly classes: number;
}

/** What a metric adds to {@link classification}: everything but the book-keeping of samples. */
export interface ClassificationDefinition<Result, Spec extends AccumulatorSpec> {
  readonly config: MetricConfig;
  readonly accumulators: Spec;
  readonly increments: (batch: ClassificationBatch) => Increments<Spec>;
  /** `samples` is at least 1. */
  readonly result: (totals: Totals<Spec>, samples: number) => Result;
  /** What {@link result} is before the first sample. */
  readonly empty: Result;
}

type WithSamples<Spec extends AccumulatorSpec> = Spec & {
  readonly samples: Accumulator<number>;
  readonly labelled: Accumulator<number>;
};

/**
 * Turns the definition of a classification metric into a metric's: it checks logits and labels, and counts samples.
 *
 * Whether a label is a class index cannot be checked without waiting for the device, so those that are get counted
 * there, and `compute()` throws if any were not.
 */
export function classification<Result, Spec extends AccumulatorSpec>(
  check: Checker,
  definition: ClassificationDefinition<Result, Spec>,
): MetricDefinition<ClassificationArgs, Result, WithSamples<Spec>> {
  return {
    config: definition.config,
    accumulators: { ...definition.accumulators, samples: tally(), labelled: count() },
    increments: (logits, labels) => {
      const batch = checkBatch(check, logits, labels, definition.config.classes as number | undefined);
      const labelled = sumOf(equal(mod(batch.labels, batch.classes), batch.labels));
      return { ...definition.increments(batch), samples: batch.size, labelled } as Increments<
        WithSamples<Spec>
      >;
    },
    result: (totals) => {
      const { samples, labelled } = totals as Totals<{
        samples: Accumulator<number>;
        labelled: Accumulator<number>;
      }>;
      if (labelled !== samples) {
        check.fail(
          `${samples - labelled} of ${samples} labels were not between 0 and the number of classes - 1`,
        );
      }
      return samples === 0 ? definition.empty : definition.result(totals as unknown as Totals<Spec>, samples);
    },
  };
}

/** Checks the shapes and types of a batch of logits and labels; `classes` is free unless given. */
export function checkBatch(
  check: Checker,
  logits: Tensor,
  labels: Tensor,
  classes?: number,
): ClassificationBatch {
  checkTensor(check, 'logits', logits, { dtype: 'float32', shape: ['batch', classes ?? 'classes'] });
  const [size, width] = (logits as Tensor2D).shape;
  if (width < 2) check.fail(`logits must have at least 2 classes, got ${show(logits)}`);
  checkTensor(check, 'labels', labels, { dtype: 'int32', shape: [size] });
  return { logits: logits as Tensor2D, labels: labels as Tensor1D, size, classes: width };
}
