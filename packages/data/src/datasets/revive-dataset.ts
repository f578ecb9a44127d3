import { checker, show } from '@loopwright/core';
import type { Dataset, DatasetSpec, ImageSample } from '../dataset.ts';
import type { ImageTransform, TransformSpec } from '../transforms/image-transform.ts';
import { reviveTransform } from '../transforms/revive.ts';
import { ArrayDataset } from './array-dataset.ts';
import { ConcatDataset } from './concat-dataset.ts';
import { datasetFromModule } from './dataset-from-module.ts';
import { ImageArrayDataset, type ImageArrays } from './image-array-dataset.ts';
import { ImageFileDataset, type ImageFiles } from './image-file-dataset.ts';
import { Subset } from './subset.ts';
import { transformImages } from './transform-images.ts';

type Reviver = (options: never) => Dataset<unknown> | Promise<Dataset<unknown>>;
interface Wrapper {
  readonly dataset: DatasetSpec;
}
interface Images {
  /** Who speaks in messages. */
  readonly subject: string;
  readonly transform?: TransformSpec;
}

interface ImageFileSpec {
  readonly files: ImageFiles;
  readonly onBadImage: 'throw' | 'skip';
}

/** Every kind of data set, by the name in its description. */
const revivers: Record<string, Reviver> = {
  array: ({ samples }: { samples: unknown[] }) => new ArrayDataset(samples),
  imageArrays: async ({ arrays, transform, subject }: Images & { arrays: ImageArrays }) =>
    new ImageArrayDataset(arrays, await withTransform(transform), checker('data', subject)),
  imageFiles: async ({ files, transform, onBadImage, subject }: Images & ImageFileSpec) =>
    new ImageFileDataset(
      files,
      { ...(await withTransform(transform)), onBadImage },
      checker('data', subject),
    ),
  subset: async ({ dataset, indices }: Wrapper & { indices: number[] }) =>
    new Subset(await reviveDataset(dataset), indices),
  concat: async ({ datasets }: { datasets: DatasetSpec[] }) =>
    new ConcatDataset(await Promise.all(datasets.map(reviveDataset))),
  transformed: async ({ dataset, transform }: Wrapper & { transform: TransformSpec }) =>
    transformImages((await reviveDataset(dataset)) as Dataset<ImageSample>, await reviveTransform(transform)),
  module: ({
    url,
    exportName,
    options,
  }: {
    url: string;
    exportName: string;
    options: Record<string, unknown>;
  }) => datasetFromModule(url, exportName, options),
};

/**
 * Rebuilds a data set from its description, in this thread or another.
 *
 * @throws LoopwrightError if the name is unknown
 */
export async function reviveDataset(spec: DatasetSpec): Promise<Dataset<unknown>> {
  const reviver = revivers[spec.name];
  if (reviver === undefined)
    return checker('data', 'reviveDataset').fail(`no data set is named ${show(spec.name)}`);
  return reviver(spec.options as never);
}

async function withTransform(spec: TransformSpec | undefined): Promise<{ transform?: ImageTransform }> {
  return spec === undefined ? {} : { transform: await reviveTransform(spec) };
}
