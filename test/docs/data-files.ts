import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes data sets of a few black images, in the official formats, where examples read them: `data/mnist` and others. */
export function writeDataFiles(folder: string): void {
  for (const name of ['mnist', 'fashion-mnist']) {
    for (const part of ['train', 't10k']) {
      write(folder, `${name}/${part}-images-idx3-ubyte`, idx([3, 28, 28]));
      write(folder, `${name}/${part}-labels-idx1-ubyte`, idx([3]));
    }
  }
  for (const part of [
    'data_batch_1',
    'data_batch_2',
    'data_batch_3',
    'data_batch_4',
    'data_batch_5',
    'test_batch',
  ]) {
    write(folder, `cifar-10/${part}.bin`, new Uint8Array(1 + 32 * 32 * 3));
  }
  for (const part of ['train', 'test'])
    write(folder, `cifar-100/${part}.bin`, new Uint8Array(2 + 32 * 32 * 3));
  for (const pet of ['cat', 'dog']) write(folder, `pets/${pet}/1.png`, Buffer.from(ONE_PIXEL, 'base64'));
}

/** A PNG of one pixel. */
const ONE_PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** An IDX file of zeros. */
function idx(shape: readonly number[]): Uint8Array {
  const header = [0, 0, 8, shape.length, ...shape.flatMap((length) => [0, 0, 0, length])];
  return Uint8Array.from([...header, ...new Uint8Array(shape.reduce((size, length) => size * length, 1))]);
}

function write(folder: string, path: string, bytes: Uint8Array): void {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, bytes);
}
