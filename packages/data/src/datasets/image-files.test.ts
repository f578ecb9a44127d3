import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cifar10 } from './cifar10.ts';
import { FashionMnist, Mnist } from './mnist.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-data-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const idx = (shape: number[], data: number[]) => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 8;
  header[3] = shape.length;
  shape.forEach((length, axis) => {
    header.writeUInt32BE(length, 4 + 4 * axis);
  });
  return Buffer.concat([header, Buffer.from(data)]);
};
const write = (name: string, bytes: Uint8Array) => writeFileSync(join(folder, name), bytes);

describe('Mnist and FashionMnist', () => {
  it('read IDX files, gzipped or not', () => {
    write('train-images-idx3-ubyte', idx([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    write('train-labels-idx1-ubyte.gz', gzipSync(idx([2], [7, 9])));
    const digits = new Mnist(folder);
    expect(digits.length).toBe(2);
    expect(digits.get(1)).toEqual({
      image: { data: Uint8Array.of(7, 8, 9, 10, 11, 12), height: 2, width: 3, channels: 1 },
      label: 9,
    });
    expect(new FashionMnist(folder).classNames[9]).toBe('Ankle boot');
  });

  it('name the file that is missing, truncated, damaged or misplaced', () => {
    expect(() => new Mnist(folder, { train: false })).toThrow(
      /^\[loopwright\/data\] Mnist: .*t10k-images-idx3-ubyte is missing/,
    );
    write('train-labels-idx1-ubyte', idx([2], [7, 9]));
    write('train-images-idx3-ubyte', idx([2, 2, 3], [1, 2, 3]));
    expect(() => new Mnist(folder)).toThrow(
      /train-images-idx3-ubyte should hold \[2, 2, 3\], 12 bytes .* holds 3/,
    );
    write('train-images-idx3-ubyte', Buffer.from('not idx at all'));
    expect(() => new Mnist(folder)).toThrow(/train-images-idx3-ubyte is not an IDX file/);
    write('train-images-idx3-ubyte', idx([3, 1, 1], [1, 2, 3]));
    expect(() => new Mnist(folder)).toThrow('images of shape [3,1,1] do not go with labels of [2]');
    write('train-images-idx3-ubyte', idx([2, 1, 1], [1, 2]));
    write('train-labels-idx1-ubyte', idx([2], [7, 12]));
    expect(() => new Mnist(folder)).toThrow('record 1 has label 12, but there are 10 classes');
    rmSync(join(folder, 'train-labels-idx1-ubyte'));
    write('train-labels-idx1-ubyte.gz', gzipSync(idx([2], [7, 9])).subarray(0, 20));
    expect(() => new Mnist(folder)).toThrow(/train-labels-idx1-ubyte.gz is not a whole gzip file/);
    write('train-labels-idx1-ubyte.gz', Buffer.alloc(0));
    expect(() => new Mnist(folder)).toThrow(/train-labels-idx1-ubyte.gz is not an IDX file/);
  });

  it('unpack no more than the header announces', () => {
    write('train-images-idx3-ubyte', idx([2, 1, 1], [1, 2]));
    const bomb = gzipSync(idx([2], Array.from(new Uint8Array(2 ** 20))));
    write('train-labels-idx1-ubyte.gz', bomb);
    expect(() => new Mnist(folder)).toThrow(
      /train-labels-idx1-ubyte.gz holds more bytes than its header announces/,
    );
  });
});

describe('Cifar10', () => {
  it('turns planes into interleaved channels', () => {
    const record = Buffer.alloc(3073);
    record[0] = 3;
    record.set([10, 11], 1);
    record.set([20, 21], 1 + 1024);
    record.set([30, 31], 1 + 2048);
    write('test_batch.bin', Buffer.concat([Buffer.alloc(3073), record]));
    const test = new Cifar10(folder, { train: false });
    expect(test.length).toBe(2);
    const { image, label } = test.get(1);
    expect([label, ...image.data.subarray(0, 6)]).toEqual([3, 10, 20, 30, 11, 21, 31]);
  });

  it('names the file that is missing or cut, and the record', () => {
    expect(() => new Cifar10(folder)).toThrow(/data_batch_1.bin is missing/);
    write('test_batch.bin', Buffer.alloc(3073 + 100));
    expect(() => new Cifar10(folder, { train: false })).toThrow(/test_batch.bin ends inside record 1/);
  });
});
