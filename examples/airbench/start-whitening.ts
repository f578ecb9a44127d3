import { type Dataset, type ImageSample, InMemoryLoader, Subset, type transforms } from '@loopwright/data';
import { tf } from '@loopwright/tensorflow/portable';
import type { AirbenchNet } from '../models/airbench-net.ts';
import { whiteningFilters } from '../models/whitening-filters.ts';

type Statistics = (typeof transforms.statistics)[keyof typeof transforms.statistics];

const IMAGES = 5000;

/** Gives a network the filters that whiten the first images of a data set. */
export async function startWhitening(
  { variables }: AirbenchNet,
  dataset: Dataset<ImageSample>,
  normalize: Statistics,
): Promise<void> {
  const count = Math.min(IMAGES, dataset.length);
  const first = new InMemoryLoader(new Subset(dataset, [...Array(count).keys()]), {
    batchSize: count,
    normalize,
  });
  for await (const { images } of first) {
    const filters = await whiteningFilters(tf, images, 2);
    variables['whiten.weight']!.assign(filters);
    filters.dispose();
  }
  first.dispose();
}
