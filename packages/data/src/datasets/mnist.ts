import { type Checker, checker } from '@loopwright/core';
import { fetchArchives } from '../download/fetch-archives.ts';
import { type Archive, fashionMnistFiles, mnistFiles } from '../download/official-archives.ts';
import { hasIdx, readIdx } from './idx.ts';
import { ImageArrayDataset, type ImageArrays } from './image-array-dataset.ts';
import { type Downloadable, refuseDownload, type SplitOptions } from './split-options.ts';

const OPTIONS = ['train', 'transform'] as const;
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const GARMENTS = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const;

/**
 * MNIST's handwritten digits: 60,000 + 10,000 images of 28×28×1 in 10 classes (LeCun, Cortes and Burges).
 *
 * @param path the folder with the four IDX files, gzipped or not
 * @throws LoopwrightError naming the file that is missing or damaged
 * @example
 * const [train, validation] = randomSplit(new Mnist('data/mnist'), [2, 1], { seed: 0 });
 */
export class Mnist extends ImageArrayDataset {
  constructor(path: string, options: SplitOptions = {}) {
    const check = checker('data', 'Mnist');
    refuseDownload(check, options);
    const { train, ...rest } = check.options(options, OPTIONS);
    super(readPair(check, path, train, DIGITS), rest, check);
  }

  /**
   * Opens the data set, after fetching the official files (12 MB) if `download` is set and some are missing.
   *
   * @throws LoopwrightError as the constructor, or if a file cannot be fetched, saying what to do without a network
   */
  static async open(path: string, options: SplitOptions & Downloadable = {}): Promise<Mnist> {
    const rest = await fetchMissing(checker('data', 'Mnist'), path, options, mnistFiles);
    return new Mnist(path, rest);
  }
}

/**
 * Zalando's drop-in replacement for MNIST: 60,000 + 10,000 images of 28×28×1 of garments in 10 classes
 * (Xiao, Rasul and Vollgraf 2017).
 *
 * @param path the folder with the four IDX files, gzipped or not
 * @throws LoopwrightError naming the file that is missing or damaged
 * @example
 * const test = new FashionMnist('data/fashion-mnist', { train: false });
 * test.classNames[9]; // 'Ankle boot'
 */
export class FashionMnist extends ImageArrayDataset {
  constructor(path: string, options: SplitOptions = {}) {
    const check = checker('data', 'FashionMnist');
    refuseDownload(check, options);
    const { train, ...rest } = check.options(options, OPTIONS);
    super(readPair(check, path, train, GARMENTS), rest, check);
  }

  /**
   * Opens the data set, after fetching the official files (31 MB) if `download` is set and some are missing.
   *
   * @throws LoopwrightError as the constructor, or if a file cannot be fetched, saying what to do without a network
   */
  static async open(path: string, options: SplitOptions & Downloadable = {}): Promise<FashionMnist> {
    const rest = await fetchMissing(checker('data', 'FashionMnist'), path, options, fashionMnistFiles);
    return new FashionMnist(path, rest);
  }
}

function readPair(
  check: Checker,
  path: string,
  train: boolean | undefined,
  classNames: readonly string[],
): ImageArrays {
  const [imageFile, labelFile] = fileNames(check, train);
  const images = readIdx(check, check.string('path', path), imageFile);
  const labels = readIdx(check, path, labelFile);
  const [count, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== count) {
    check.fail(
      `${path}: images of shape [${images.shape.join()}] do not go with labels of [${labels.shape.join()}]`,
    );
  }
  return { pixels: images.data, labels: labels.data, height, width, channels: 1, classNames };
}

/** Fetches the files of the part that are not there. Returns the options that are left for the constructor. */
async function fetchMissing(
  check: Checker,
  path: string,
  options: SplitOptions & Downloadable,
  files: readonly Archive[],
): Promise<SplitOptions> {
  const { download = false, ...rest } = check.options(options, [...OPTIONS, 'download']);
  check.string('path', path);
  const missing = fileNames(check, rest.train).filter((name) => !hasIdx(path, name));
  const wanted = files.filter(({ file }) => missing.some((name) => file === `${name}.gz`));
  if (wanted.length > 0) await fetchArchives(check, wanted, path, download);
  return rest;
}

function fileNames(check: Checker, train = true): [images: string, labels: string] {
  const part = check.boolean('train', train) ? 'train' : 't10k';
  return [`${part}-images-idx3-ubyte`, `${part}-labels-idx1-ubyte`];
}
