import { type Checker, show } from '@loopwright/core';
import type { Dataset, DatasetSpec, DescribedDataset } from '../dataset.ts';
import type { Transform, TransformSpec } from '../transforms/image-transform.ts';

/**
 * The description of a data set, from which a worker rebuilds it.
 *
 * @throws LoopwrightError saying what to do, if it has none
 */
export function specOf(check: Checker, dataset: Dataset<unknown>): DatasetSpec {
  if (isDescribed(dataset)) return dataset.spec;
  return check.fail(
    `${show(dataset)} exists in one thread only: export a factory from a module and use datasetFromModule, or set workers: 0`,
  );
}

/**
 * Refuses to describe a data set of a derived class whose `get` is its own: what is rebuilt from the description has the
 * original one.
 *
 * @throws LoopwrightError saying what to do
 */
export function refuseDerivedGet(
  check: Checker,
  dataset: { readonly get: unknown },
  original: { readonly prototype: { readonly get: unknown } },
): void {
  if (dataset.get === original.prototype.get) return;
  check.fail('workers would not run the get of a derived class: use datasetFromModule');
}

/**
 * The description of a transform, if there is one.
 *
 * @throws LoopwrightError saying what to do, if it is a plain function
 */
export function transformSpecOf(check: Checker, transform: Transform | undefined): TransformSpec | undefined {
  if (transform === undefined) return undefined;
  if ('spec' in transform) return transform.spec as TransformSpec;
  return check.fail(
    `transform, ${show(transform)}, exists in one thread only: export a factory from a module and use transforms.fromModule, or set workers: 0`,
  );
}

function isDescribed(dataset: Dataset<unknown>): dataset is DescribedDataset<unknown> {
  return 'spec' in dataset;
}
