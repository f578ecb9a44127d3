import { type Checker, checker } from '@loopwright/core';
import { fetchArchives } from '../download/fetch-archives.ts';
import { cifar100Archive } from '../download/official-archives.ts';
import { type CifarLayout, hasCifar, readCifar } from './cifar-files.ts';
import { COARSE_NAMES, FINE_NAMES } from './cifar100-class-names.ts';
import { ImageArrayDataset } from './image-array-dataset.ts';
import { type Downloadable, refuseDownload, type SplitOptions } from './split-options.ts';

/** Options of {@link Cifar100}. */
export interface Cifar100Options extends SplitOptions {
  /** `'fine'`, the 100 classes, by default; `'coarse'`, their 20 superclasses. */
  readonly labels?: 'fine' | 'coarse';
}

const OPTIONS = ['train', 'transform', 'labels'] as const;

/**
 * CIFAR-100: 50,000 + 10,000 colour images of 32×32×3 in 100 classes or 20 superclasses (Krizhevsky 2009), from the
 * files of the binary or the python version. Python's pickles are read without running what they hold.
 *
 * @param path the folder with `train.bin` and `test.bin` (python: without `.bin`), or the one that holds
 * `cifar-100-binary` or `cifar-100-python`
 * @throws LoopwrightError naming the file that is missing or damaged, and the record
 * @example
 * const test = new Cifar100('data/cifar-100', { train: false, labels: 'coarse' });
 * test.classNames[1]; // 'fish'
 */
export class Cifar100 extends ImageArrayDataset {
  constructor(path: string, options: Cifar100Options = {}) {
    const check = checker('data', 'Cifar100');
    refuseDownload(check, options);
    const { train, labels, ...rest } = check.options(options, OPTIONS);
    super(readCifar(check, check.string('path', path), layout(check, { train, labels })), rest, check);
  }

  /**
   * Opens the data set, after fetching the official binary archive (169 MB) if `download` is set and files are missing.
   *
   * @throws LoopwrightError as the constructor, or if the archive cannot be fetched, saying what to do without a network
   */
  static async open(path: string, options: Cifar100Options & Downloadable = {}): Promise<Cifar100> {
    const check = checker('data', 'Cifar100');
    const { download = false, ...rest } = check.options(options, [...OPTIONS, 'download']);
    const present = hasCifar(check.string('path', path), layout(check, rest));
    if (!present) await fetchArchives(check, [cifar100Archive], path, download);
    return new Cifar100(path, rest);
  }
}

interface Part {
  readonly train?: boolean | undefined;
  readonly labels?: 'fine' | 'coarse' | undefined;
}

function layout(check: Checker, { train = true, labels = 'fine' }: Part): CifarLayout {
  const file = check.boolean('train', train) ? 'train' : 'test';
  const fine = check.oneOf('labels', labels, ['fine', 'coarse']) === 'fine';
  return {
    binaryFolder: 'cifar-100-binary',
    pythonFolder: 'cifar-100-python',
    binaryFiles: [`${file}.bin`],
    pythonFiles: [file],
    labelBytes: 2,
    labelByte: fine ? 1 : 0,
    labelKey: fine ? 'fine_labels' : 'coarse_labels',
    classNames: fine ? FINE_NAMES : COARSE_NAMES,
  };
}
