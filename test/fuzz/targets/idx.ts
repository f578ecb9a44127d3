import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checker } from '@loopwright/core';
import { parseIdx, readIdx } from '../../../packages/data/src/datasets/idx.ts';
import { sandbox } from '../sandbox.ts';
import type { Target } from '../target.ts';

const check = checker('data', 'Mnist');
const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4);
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9);

/** Arrays as MNIST has them. */
export const idx: Target = {
  name: 'idx',
  seeds: () => [images, labels],
  dictionary: ['\0\0\x08\xff', '\0\0\x08\x02', '\0\0\0\0', '\xff\xff\xff\xff'],
  parse: (bytes) => parseIdx(check, 'file', bytes),
};

let folder: string | undefined;

/** The same under gzip. */
export const idxGzip: Target = {
  name: 'idx-gzip',
  seeds: () => [gzipSync(images), gzipSync(labels), gzipSync(Buffer.concat([images, Buffer.alloc(1e6)]))],
  parse(bytes) {
    folder ??= sandbox();
    writeFileSync(join(folder, 'file.gz'), bytes);
    return readIdx(check, folder, 'file');
  },
};
