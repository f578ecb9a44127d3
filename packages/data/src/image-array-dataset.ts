import { type Checker, checker } from '@loopwright/core';
import type { Dataset, ImageSample } from './dataset.ts';

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

/**
 * Images of one size that lie in memory as one array. What {@link ImageArrayDataset.get} returns is a view of that
 * array, not a copy: do not write to it.
 *
 * @throws LoopwrightError if the arrays' lengths do not fit, or a label is not a class, naming the record
 * @example
 * const pixels = Uint8Array.of(0, 255, 128, 64); // two images of 1×2×1
 * const labels = Uint8Array.of(1, 0);
 * const pairs = new ImageArrayDataset({ pixels, labels, height: 1, width: 2, channels: 1, classNames: ['a', 'b'] });
 * pairs.get(1).image.data; // [128, 64]
 */
export class ImageArrayDataset implements Dataset<ImageSample> {
  readonly length: number;
  readonly classNames: readonly string[];
  private readonly arrays: ImageArrays;

  constructor(arrays: ImageArrays, check: Checker = checker('data', 'ImageArrayDataset')) {
    const { pixels, labels, height, width, channels, classNames } = arrays;
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
  }

  get(index: number): ImageSample {
    const { pixels, labels, height, width, channels } = this.arrays;
    const size = height * width * channels;
    const label = labels[index];
    if (label === undefined) {
      return checker('data', 'ImageArrayDataset').fail(
        `index must be from 0 to ${this.length - 1}, got ${index}`,
      );
    }
    const data = pixels.subarray(index * size, (index + 1) * size);
    return { image: { data, height, width, channels }, label };
  }
}
