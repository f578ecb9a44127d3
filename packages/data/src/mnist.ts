import { checker } from '@loopwright/core';
import { readIdx } from './idx.ts';
import { ImageArrayDataset, type ImageArrays } from './image-array-dataset.ts';

/** Which of a data set's two parts to read. */
export interface SplitOptions {
  /** The training part; otherwise the test part. Default true. */
  readonly train?: boolean;
}

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
    super(readPair('Mnist', path, options, DIGITS), checker('data', 'Mnist'));
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
    super(readPair('FashionMnist', path, options, GARMENTS), checker('data', 'FashionMnist'));
  }
}

function readPair(
  subject: string,
  path: string,
  options: SplitOptions,
  classNames: readonly string[],
): ImageArrays {
  const check = checker('data', subject);
  const { train = true } = check.options(options, ['train']);
  const part = check.boolean('train', train) ? 'train' : 't10k';
  const images = readIdx(check, check.string('path', path), `${part}-images-idx3-ubyte`);
  const labels = readIdx(check, path, `${part}-labels-idx1-ubyte`);
  const [count, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== count) {
    check.fail(
      `${path}: images of shape [${images.shape.join()}] do not go with labels of [${labels.shape.join()}]`,
    );
  }
  return { pixels: images.data, labels: labels.data, height, width, channels: 1, classNames };
}
