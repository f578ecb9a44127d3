import type { RandomStream } from '@loopwright/core';
import type { Dataset } from '../dataset.ts';
import type { SamplePlace } from '../transforms/image-transform.ts';

/**
 * A data set whose samples pass through a function, which draws what is random from the sample's own stream.
 *
 * Functions cannot be sent to workers: for images use {@link transformImages}, for anything else {@link datasetFromModule}.
 *
 * @example
 * const crop = transforms.randomCrop({ padding: 1 });
 * const augmented = mapDataset(dataset, (sample, stream) => ({ ...sample, image: crop(sample.image, stream) }));
 */
export function mapDataset<T, U>(
  dataset: Dataset<T>,
  map: (sample: T, stream: RandomStream, place?: SamplePlace) => U,
): Dataset<U> {
  return {
    get length() {
      return dataset.length;
    },
    get(index, stream, place) {
      const sample = dataset.get(index, stream, place);
      return sample instanceof Promise
        ? sample.then((value) => map(value, stream, place))
        : map(sample, stream, place);
    },
  };
}
