import { type Checker, checker, type RandomStream } from '@loopwright/core';
import type { Dataset, DatasetSpec, DescribedDataset, ImageSample } from '../dataset.ts';
import type { SamplePlace, Transform } from '../transforms/image-transform.ts';
import { randomHorizontalFlip } from '../transforms/random-flip.ts';
import { labelsOf } from './labels-of.ts';
import { refuseDerivedGet, specOf, transformSpecOf } from './spec-of.ts';

/**
 * A data set whose images pass through a transform: a training part is augmented, the rest of the same data set is not.
 *
 * @example
 * const [train, validation] = randomSplit(dataset, [9, 3], { seed: 0 });
 * const augmented = transformImages(train, transforms.randomCrop({ padding: 1 }));
 */
export function transformImages<T extends ImageSample>(
  dataset: Dataset<T>,
  transform: Transform,
): TransformedImages<T> {
  return new TransformedImages(dataset, transform, checker('data', 'transformImages'));
}

/**
 * The mirror images, left to right, of a data set. With a {@link ConcatDataset} the images are followed by them.
 *
 * @example
 * const both = new ConcatDataset([dataset, mirrorImages(dataset)]);
 * both.length; // 24
 */
export function mirrorImages<T extends ImageSample>(dataset: Dataset<T>): TransformedImages<T> {
  return new TransformedImages(dataset, randomHorizontalFlip({ p: 1 }), checker('data', 'mirrorImages'));
}

/** What {@link transformImages} returns. */
export class TransformedImages<T extends ImageSample> implements DescribedDataset<T> {
  readonly dataset: Dataset<T>;
  private readonly transform: Transform;
  private readonly check: Checker;

  constructor(dataset: Dataset<T>, transform: Transform, check: Checker) {
    this.dataset = dataset;
    this.transform = check.func('transform', transform);
    this.check = check;
  }

  get length(): number {
    return this.dataset.length;
  }

  get labels(): ArrayLike<number> | undefined {
    return labelsOf(this.dataset);
  }

  get spec(): DatasetSpec {
    refuseDerivedGet(this.check, this, TransformedImages);
    const transform = transformSpecOf(this.check, this.transform);
    return { name: 'transformed', options: { dataset: specOf(this.check, this.dataset), transform } };
  }

  get(index: number, stream: RandomStream, place?: SamplePlace): T | Promise<T> {
    const apply = (sample: T): T => ({ ...sample, image: this.transform(sample.image, stream, place) });
    const sample = this.dataset.get(index, stream, place);
    return sample instanceof Promise ? sample.then(apply) : apply(sample);
  }
}
