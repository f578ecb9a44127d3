import type { Dataset, ImageSample, LabelledDataset } from '../dataset.ts';
import { readSamples, type SkippedSample } from '../loader/read-samples.ts';
import { ArrayDataset } from './array-dataset.ts';
import { allocateShared } from './shared-bytes.ts';

/** How many images are read at a time, and share a piece of memory. */
const CHUNK = 256;

/** What {@link loadImages} returns. */
export class LoadedImages extends ArrayDataset<ImageSample> implements LabelledDataset<ImageSample> {
  /** Those that the data set skipped; they have no index here. */
  readonly skipped: readonly SkippedSample[];

  constructor(samples: readonly ImageSample[], skipped: readonly SkippedSample[]) {
    super(samples);
    this.skipped = skipped;
  }

  get labels(): readonly number[] {
    return this.samples.map(({ label }) => label);
  }
}

/**
 * Reads a data set of images, of any sizes, into memory that workers share: files are decoded once, and not once an
 * epoch. Transform them afterwards ({@link transformImages}); a transform of the data set itself would be drawn once.
 *
 * @throws LoopwrightError naming the sample that could not be read
 * @example
 * const decoded = await loadImages(new ImageFolder('data/pets'));
 * const train = transformImages(decoded, transforms.randomResizedCrop({ size: 2 }));
 * const loader = new DataLoader(train, { batchSize: 2, workers: 1 });
 */
export async function loadImages(dataset: Dataset<ImageSample>): Promise<LoadedImages> {
  const loaded: ImageSample[] = [];
  const left: SkippedSample[] = [];
  for (let start = 0; start < dataset.length; start += CHUNK) {
    const indices = Array.from({ length: Math.min(CHUNK, dataset.length - start) }, (_, i) => start + i);
    const { samples, skipped } = await readSamples(dataset, indices, { seed: 0, epoch: 0 });
    loaded.push(...inSharedMemory(samples));
    left.push(...skipped);
  }
  return new LoadedImages(loaded, left);
}

function inSharedMemory(samples: readonly ImageSample[]): ImageSample[] {
  const memory = allocateShared(samples.reduce((sum, { image }) => sum + image.data.length, 0));
  let end = 0;
  return samples.map(({ image, label }) => {
    const start = end;
    end += image.data.length;
    memory.set(image.data, start);
    return { image: { ...image, data: memory.subarray(start, end) }, label };
  });
}
