import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Checker, checker } from '@loopwright/core';
import { ImageArrayDataset, type ImageArrays } from './image-array-dataset.ts';
import type { SplitOptions } from './mnist.ts';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;
const RECORD = 1 + CHANNELS * PLANE;
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
 * CIFAR-10: 50,000 + 10,000 colour images of 32×32×3 in 10 classes (Krizhevsky 2009), from the binary version:
 * records of a label and the red, green and blue planes.
 *
 * @param path the folder with `data_batch_1.bin` … `test_batch.bin`, or the one that holds `cifar-10-batches-bin`
 * @throws LoopwrightError naming the file that is missing or damaged, and the record
 * @example
 * const test = new Cifar10('data/cifar-10', { train: false });
 * const { image, label } = test.get(0);
 */
export class Cifar10 extends ImageArrayDataset {
  constructor(path: string, options: SplitOptions = {}) {
    super(readBatches(path, options), checker('data', 'Cifar10'));
  }
}

function readBatches(path: string, options: SplitOptions): ImageArrays {
  const check = checker('data', 'Cifar10');
  const { train = true } = check.options(options, ['train']);
  const names = check.boolean('train', train)
    ? [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`)
    : ['test_batch.bin'];
  const inner = join(check.string('path', path), 'cifar-10-batches-bin');
  const files = names.map((name) => readRecords(check, join(existsSync(inner) ? inner : path, name)));
  const count = files.reduce((sum, file) => sum + file.length / RECORD, 0);
  const pixels = new Uint8Array(count * CHANNELS * PLANE);
  const labels = new Uint8Array(count);
  let record = 0;
  for (const file of files) {
    for (let start = 0; start < file.length; start += RECORD) {
      labels[record] = file[start] as number;
      interleave(file.subarray(start + 1, start + RECORD), pixels, record * CHANNELS * PLANE);
      record++;
    }
  }
  return { pixels, labels, height: SIDE, width: SIDE, channels: CHANNELS, classNames: CLASS_NAMES };
}

function readRecords(check: Checker, path: string): Uint8Array {
  if (!existsSync(path)) return check.fail(`${path} is missing`);
  const bytes = readFileSync(path);
  if (bytes.length === 0 || bytes.length % RECORD !== 0) {
    check.fail(`${path} ends inside record ${Math.floor(bytes.length / RECORD)} (${bytes.length} bytes)`);
  }
  return bytes;
}

/** Three planes to one array of interleaved channels. */
function interleave(planes: Uint8Array, target: Uint8Array, offset: number): void {
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      target[offset + pixel * CHANNELS + channel] = planes[channel * PLANE + pixel] as number;
    }
  }
}
