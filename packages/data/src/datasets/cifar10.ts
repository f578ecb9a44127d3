import { checker } from '@loopwright/core';
import { fetchArchives } from '../download/fetch-archives.ts';
import { cifar10Archive } from '../download/official-archives.ts';
import { type CifarLayout, hasCifar, readCifar } from './cifar-files.ts';
import { ImageArrayDataset } from './image-array-dataset.ts';
import { type Downloadable, refuseDownload, type SplitOptions } from './split-options.ts';

const OPTIONS = ['train', 'transform'] as const;
const CLASS_NAMES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const;

/**
 * CIFAR-10: 50,000 + 10,000 colour images of 32×32×3 in 10 classes (Krizhevsky 2009), from the files of the binary or
 * the python version. Python's pickles are read without running what they hold.
 *
 * @param path the folder with `data_batch_1.bin` … `test_batch.bin` (python: without `.bin`), or the one that holds
 * `cifar-10-batches-bin` or `cifar-10-batches-py`
 * @throws LoopwrightError naming the file that is missing or damaged, and the record
 * @example
 * const test = new Cifar10('data/cifar-10', { train: false });
 * const { image, label } = test.get(0);
 */
export class Cifar10 extends ImageArrayDataset {
  constructor(path: string, options: SplitOptions = {}) {
    const check = checker('data', 'Cifar10');
    refuseDownload(check, options);
    const { train = true, ...rest } = check.options(options, OPTIONS);
    super(readCifar(check, check.string('path', path), layout(check.boolean('train', train))), rest, check);
  }

  /**
   * Opens the data set, after fetching the official binary archive (170 MB) if `download` is set and files are missing.
   *
   * @throws LoopwrightError as the constructor, or if the archive cannot be fetched, saying what to do without a network
   */
  static async open(path: string, options: SplitOptions & Downloadable = {}): Promise<Cifar10> {
    const check = checker('data', 'Cifar10');
    const { download = false, ...rest } = check.options(options, [...OPTIONS, 'download']);
    const present = hasCifar(check.string('path', path), layout(rest.train ?? true));
    if (!present) await fetchArchives(check, [cifar10Archive], path, download);
    return new Cifar10(path, rest);
  }
}

function layout(train: boolean): CifarLayout {
  const files = train ? [1, 2, 3, 4, 5].map((n) => `data_batch_${n}`) : ['test_batch'];
  return {
    binaryFolder: 'cifar-10-batches-bin',
    pythonFolder: 'cifar-10-batches-py',
    binaryFiles: files.map((file) => `${file}.bin`),
    pythonFiles: files,
    labelBytes: 1,
    labelByte: 0,
    labelKey: 'labels',
    classNames: CLASS_NAMES,
  };
}
