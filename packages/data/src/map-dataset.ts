import type { RandomStream } from '@loopwright/core';
import type { Dataset } from './dataset.ts';

/**
 * A data set whose samples pass through a function, which draws what is random from the sample's own stream.
 *
 * @example
 * const crop = transforms.randomCrop({ padding: 1 });
 * const augmented = mapDataset(dataset, (sample, stream) => ({ ...sample, image: crop(sample.image, stream) }));
 */
export function mapDataset<T, U>(
  dataset: Dataset<T>,
  map: (sample: T, stream: RandomStream) => U,
): Dataset<U> {
  return {
    get length() {
      return dataset.length;
    },
    get(index, stream) {
      const sample = dataset.get(index, stream);
      return sample instanceof Promise ? sample.then((value) => map(value, stream)) : map(sample, stream);
    },
  };
}
