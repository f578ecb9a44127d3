import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checker } from '@loopwright/core';
import { type CifarLayout, readCifar } from '../../../packages/data/src/datasets/cifar-files.ts';
import { readPickle } from '../../../packages/data/src/datasets/read-pickle.ts';
import { sandbox } from '../sandbox.ts';
import { bytesOf, type Target } from '../target.ts';

const check = checker('data', 'Cifar10');
const layout: CifarLayout = {
  binaryFolder: 'binary',
  pythonFolder: 'python',
  binaryFiles: ['batch.bin'],
  pythonFiles: ['batch'],
  labelBytes: 1,
  labelByte: 0,
  labelKey: 'labels',
  classNames: ['cat', 'dog', 'frog'],
};

/** One file of a data set in a folder of its own, read as the whole. */
function reader(file: string): (bytes: Uint8Array) => unknown {
  let folder: string | undefined;
  return (bytes) => {
    folder ??= sandbox();
    writeFileSync(join(folder, file), bytes);
    return readCifar(check, folder, layout);
  };
}

/** Records of a label and 3,072 pixels. */
export const cifarBinary: Target = {
  name: 'cifar-binary',
  seeds: () => [new Uint8Array(3073), new Uint8Array(2 * 3073).fill(2)],
  parse: reader('batch.bin'),
};

const array =
  'cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01K\x01M\x00\x0c\x86' +
  'cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R\x89';

/** Python's pickles, without their pixels. */
export const pickle: Target = {
  name: 'pickle',
  seeds: () => [
    bytesOf(`\x80\x02}q\x01(U\x04data${array}T\x04\x00\x00\x00abcdtbU\x06labels]q\x02K\x01au.`),
    bytesOf('\x80\x02}q\x01(U\x04dataNU\x06labels](K\x01J\xff\xff\xff\xffM\x01\x02\x88\x89eu.'),
  ],
  dictionary: [
    array,
    'cos\nsystem\n',
    'cposix\nsystem\n(U\x02lstR',
    'q\x01h\x01',
    '(',
    ']',
    '}',
    '\x85',
    'e',
    's',
    'u',
    'b',
    'R',
    '.',
    'U\x09__proto__',
  ],
  parse: (bytes) => readPickle(bytes),
  isRefusal: (error) => error instanceof Error && error.constructor === Error,
};

/** The same as a batch of images. */
export const cifarPython: Target = {
  name: 'cifar-python',
  seeds: () => [
    bytesOf(
      `\x80\x02}q\x01(U\x04data${array}T\x00\x0c\x00\x00${'\x07'.repeat(3072)}tbU\x06labels]q\x02K\x01au.`,
    ),
  ],
  dictionary: pickle.dictionary ?? [],
  parse: reader('batch'),
};
