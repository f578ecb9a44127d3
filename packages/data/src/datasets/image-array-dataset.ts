import { type Checker, checker, type RandomStream } from '@loopwright/core';
import type { DatasetSpec, DescribedDataset, ImageSample, LabelledDataset } from '../dataset.ts';
import type { SamplePlace, Transform } from '../transforms/image-transform.ts';
import { sharedBytes } from './shared-bytes.ts';
import { refuseDerivedGet, transformSpecOf } from './spec-of.ts';

/** What {@link ImageArrayDataset} holds. */
export interface ImageArrays {
  /** All pixels: images, rows, columns and channels (NHWC), one byte each. */
  readonly pixels: Uint8Array;
  /** One class index an image. */
  readonly labels: Uint8Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly classNames: readonly string[];
}

/** Options of every data set of images. */
export interface ImageOptions {
  /** What each image passes through when it is asked for; its randomness comes from the sample's stream. */
  readonly transform?: Transform;
}

/**
 * Images of one size that lie in memory as one array. Without a transform, what {@link ImageArrayDataset.get} returns is
 * a view of that array, not a copy: do not write to it. Workers share the array with the thread that made it.
 *
 * @throws LoopwrightError if the arrays' lengths do not fit, or a label is not a class, naming the record
 * @example
 * const pixels = Uint8Array.of(0, 255, 128, 64); // two images of 1×2×1
 * const labels = Uint8Array.of(1, 0);
 * const pairs = new ImageArrayDataset({ pixels, labels, height: 1, width: 2, channels: 1, classNames: ['a', 'b'] });
 * pairs.get(1).image.data; // [128, 64]
 */
export class ImageArrayDataset implements LabelledDataset<ImageSample>, DescribedDataset<ImageSample> {
  readonly length: number;
  readonly classNames: readonly string[];
  private arrays: ImageArrays;
  private readonly transform: Transform | undefined;
  private readonly check: Checker;

  constructor(
    arrays: ImageArrays,
    options: ImageOptions = {},
    check: Checker = checker('data', 'ImageArrayDataset'),
  ) {
    const { pixels, labels, height, width, channels, classNames } = arrays;
    const { transform } = check.options(options, ['transform']);
    const size = height * width * channels;
    if (pixels.length !== labels.length * size) {
      check.fail(
        `${labels.length} labels need ${labels.length * size} bytes of pixels, got ${pixels.length}`,
      );
    }
    const stray = labels.findIndex((label) => label >= classNames.length);
    if (stray >= 0)
      check.fail(`record ${stray} has label ${labels[stray]}, but there are ${classNames.length} classes`);
    this.arrays = arrays;
    this.length = labels.length;
    this.classNames = classNames;
    this.transform = transform === undefined ? undefined : check.func('transform', transform);
    this.check = check;
  }

  get labels(): Uint8Array {
    return this.arrays.labels;
  }

  /** Its pixels move into shared memory the first time that it is asked for. */
  get spec(): DatasetSpec {
    refuseDerivedGet(this.check, this, ImageArrayDataset);
    const transform = transformSpecOf(this.check, this.transform);
    this.arrays = {
      ...this.arrays,
      pixels: sharedBytes(this.arrays.pixels),
      labels: sharedBytes(this.arrays.labels),
    };
    return {
      name: 'imageArrays',
      options: { arrays: this.arrays, transform, subject: this.check.where.subject },
    };
  }

  /** @param stream needed by transforms that draw from it */
  get(index: number, stream?: RandomStream, place?: SamplePlace): ImageSample {
    const { pixels, labels, height, width, channels } = this.arrays;
    const size = height * width * channels;
    const label = labels[index];
    if (label === undefined)
      return this.check.fail(`index must be from 0 to ${this.length - 1}, got ${index}`);
    const data = pixels.subarray(index * size, (index + 1) * size);
    const image = { data, height, width, channels };
    if (this.transform === undefined) return { image, label };
    if (stream === undefined) return this.check.fail('get needs a stream, for the transform');
    return { image: this.transform(image, stream, place), label };
  }
}
