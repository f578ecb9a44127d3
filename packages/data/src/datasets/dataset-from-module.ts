import { checker, show } from '@loopwright/core';
import type { Dataset, DescribedDataset } from '../dataset.ts';
import { labelsOf } from './labels-of.ts';

/**
 * A data set of your own that workers can use: they import the module too and call the same factory.
 *
 * The module should not import TensorFlow.js, which workers do not load; the data sets of this package are free of it
 * under `@loopwright/data/datasets`, the transforms under `@loopwright/data/transforms`.
 *
 * @param url of the module, absolute: usually `new URL('./x.js', import.meta.url)`
 * @param exportName of a function that takes the options and returns a data set, or a promise of one
 * @param options what a worker's messages carry: plain data, typed arrays, shared memory
 * @returns it, with its `labels` if it has any
 * @throws LoopwrightError if the module cannot be imported, has no such function, or that returns no data set
 * @example
 * const source = 'export const squares = ({ length }) => ({ length, get: (index) => index * index });';
 * const url = `data:text/javascript,${encodeURIComponent(source)}`;
 * const squares = await datasetFromModule<number>(url, 'squares', { length: 5 });
 * squares.get(4, new RandomStream(0)); // 16
 */
export async function datasetFromModule<T>(
  url: string | URL,
  exportName: string,
  options: Readonly<Record<string, unknown>> = {},
): Promise<DescribedDataset<T> & { readonly labels: ArrayLike<number> | undefined }> {
  const check = checker('data', 'datasetFromModule');
  const address = String(url);
  const module = await importModule(address);
  const factory = module[check.string('exportName', exportName)];
  if (typeof factory !== 'function') return check.fail(`${address} exports no function ${show(exportName)}`);
  const dataset: unknown = await factory(options);
  if (!isDataset(dataset))
    return check.fail(`${exportName} of ${address} must return a data set, got ${show(dataset)}`);
  return {
    get length() {
      return dataset.length;
    },
    get labels() {
      return labelsOf(dataset);
    },
    spec: { name: 'module', options: { url: address, exportName, options } },
    get: (index, stream, place) => dataset.get(index, stream, place) as T | Promise<T>,
  };
}

async function importModule(address: string): Promise<Record<string, unknown>> {
  try {
    return await import(address);
  } catch (cause) {
    return checker('data', 'datasetFromModule').fail(
      `cannot import ${address}: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
}

function isDataset(value: unknown): value is Dataset<unknown> {
  const candidate = value as Partial<Dataset<unknown>> | null | undefined;
  return typeof candidate?.length === 'number' && typeof candidate.get === 'function';
}
