import { type Checker, checker, type RandomStream, reasonOf } from '@loopwright/core';
import type { DatasetSpec, DescribedDataset, Image, ImageSample, LabelledDataset } from '../dataset.ts';
import { decodedWhole } from '../decode-part.ts';
import type { SamplePlace, Transform } from '../transforms/image-transform.ts';
import { decodeImage } from './decode-image.ts';
import type { ImageOptions } from './image-array-dataset.ts';
import { SkipSample } from './skip-sample.ts';
import { refuseDerivedGet, transformSpecOf } from './spec-of.ts';

/** Which files {@link ImageFileDataset} reads, and what they show. */
export interface ImageFiles {
  readonly paths: readonly string[];
  /** A class index a file. */
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
}

/** Options of {@link ImageFileDataset}. */
export interface ImageFileOptions extends ImageOptions {
  /** What to do with a file that cannot be decoded: `'throw'` by default; `'skip'` leaves the sample out of its batch. */
  readonly onBadImage?: 'throw' | 'skip';
}

/**
 * Labelled image files: JPEG, PNG, WebP and what else sharp reads. An image is decoded when it is asked for, to three
 * channels of sRGB.
 *
 * @throws LoopwrightError if there are no files, the labels do not fit them, or one is no class; when a sample is asked
 * for, naming the file that cannot be decoded
 * @example
 * const files = { paths: ['a.png', 'b.png'], labels: [1, 0], classNames: ['cat', 'dog'] };
 * const pets = new ImageFileDataset(files, { transform: transforms.centerCrop({ size: 224 }) });
 * pets.length; // 2
 */
export class ImageFileDataset implements LabelledDataset<ImageSample>, DescribedDataset<ImageSample> {
  readonly paths: readonly string[];
  readonly labels: readonly number[];
  readonly classNames: readonly string[];
  private readonly transform: Transform | undefined;
  private readonly onBadImage: 'throw' | 'skip';
  private readonly check: Checker;

  constructor(
    files: ImageFiles,
    options: ImageFileOptions = {},
    check: Checker = checker('data', 'ImageFileDataset'),
  ) {
    const { transform, onBadImage = 'throw' } = check.options(options, ['transform', 'onBadImage']);
    const { paths, labels, classNames } = files;
    check.positiveInteger('paths.length', paths.length);
    if (labels.length !== paths.length)
      check.fail(`${paths.length} paths need as many labels, got ${labels.length}`);
    for (const label of labels) check.integer('label', label, { min: 0, max: classNames.length - 1 });
    this.paths = paths;
    this.labels = labels;
    this.classNames = classNames;
    this.transform = transform === undefined ? undefined : check.func('transform', transform);
    this.onBadImage = check.oneOf('onBadImage', onBadImage, ['throw', 'skip']);
    this.check = check;
  }

  get length(): number {
    return this.paths.length;
  }

  get spec(): DatasetSpec {
    refuseDerivedGet(this.check, this, ImageFileDataset);
    const { paths, labels, classNames, onBadImage } = this;
    const { subject } = this.check.where;
    const transform = transformSpecOf(this.check, this.transform);
    return {
      name: 'imageFiles',
      options: { files: { paths, labels, classNames }, transform, onBadImage, subject },
    };
  }

  /** @param stream needed by transforms that draw from it */
  async get(index: number, stream?: RandomStream, place?: SamplePlace): Promise<ImageSample> {
    const path = this.paths[index];
    if (path === undefined)
      return this.check.fail(`index must be from 0 to ${this.length - 1}, got ${index}`);
    const label = this.labels[index] as number;
    const decoded = this.decode(path);
    const image = decoded instanceof Promise ? await decoded : decoded;
    if (this.transform === undefined) return { image: decodedWhole(image), label };
    if (stream === undefined) return this.check.fail('get needs a stream, for the transform');
    return { image: decodedWhole(this.transform(image, stream, place)), label };
  }

  private decode(path: string): Image | Promise<Image> {
    try {
      const image = decodeImage(path);
      return image instanceof Promise ? image.catch((cause) => this.refuse(path, cause)) : image;
    } catch (cause) {
      return this.refuse(path, cause);
    }
  }

  private refuse(path: string, cause: unknown): never {
    const message = `${path} cannot be decoded: ${reasonOf(cause)}`;
    if (this.onBadImage === 'skip') throw new SkipSample(message, { cause });
    return this.check.fail(message, { cause });
  }
}
