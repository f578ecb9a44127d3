import { type Checker, show } from '@loopwright/core';
import type { Dataset, LabelledDataset } from '../dataset.ts';

/** The labels of a data set that knows them; undefined otherwise. */
export function labelsOf(dataset: Dataset<unknown>): ArrayLike<number> | undefined {
  return (dataset as Partial<LabelledDataset<unknown>>).labels;
}

/**
 * Checks labels that a user passed in, or takes those of the data set.
 *
 * @throws LoopwrightError if there are none, too many or too few
 */
export function requireLabels(
  check: Checker,
  dataset: Dataset<unknown>,
  given: ArrayLike<number> | undefined,
): ArrayLike<number> {
  const labels = given ?? labelsOf(dataset);
  if (labels === undefined) return check.fail(`${show(dataset)} does not know its labels: pass labels`);
  if (labels.length !== dataset.length) {
    check.fail(`labels must be ${dataset.length}, one a sample, got ${labels.length}`);
  }
  return labels;
}
