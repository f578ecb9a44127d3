import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Checker, reasonOf } from '@loopwright/core';
import type { ImageArrays } from './image-array-dataset.ts';
import { PickledArray, readPickle } from './read-pickle.ts';
import { allocateShared } from './shared-bytes.ts';

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;
const PIXELS = CHANNELS * PLANE;

/** Where one of the CIFAR sets keeps what we read. */
export interface CifarLayout {
  /** The archives' folders. */
  readonly binaryFolder: string;
  readonly pythonFolder: string;
  /** The files of the part to read. */
  readonly binaryFiles: readonly string[];
  readonly pythonFiles: readonly string[];
  /** Bytes before the pixels of a record, and which of them is the label. */
  readonly labelBytes: number;
  readonly labelByte: number;
  /** The label's key in the python files. */
  readonly labelKey: string;
  readonly classNames: readonly string[];
}

/** Images of one file: labels, and pixels as three planes each. */
interface CifarFile {
  readonly path: string;
  readonly labels: ArrayLike<number>;
  planes(record: number): Uint8Array;
}

/**
 * Reads a part of a CIFAR set, binary or python, from the archive's folder or the one that holds it.
 *
 * @throws LoopwrightError naming the file that is missing or damaged, and the record
 */
export function readCifar(check: Checker, path: string, layout: CifarLayout): ImageArrays {
  const { classNames } = layout;
  const files = findFiles(path, layout).map((file) => {
    if (!existsSync(file)) check.fail(`${file} is missing`);
    return file.endsWith('.bin') ? readBinary(check, file, layout) : readPython(check, file, layout);
  });
  const count = files.reduce((sum, { labels }) => sum + labels.length, 0);
  const pixels = allocateShared(count * PIXELS);
  const labels = allocateShared(count);
  let at = 0;
  for (const file of files) {
    for (let record = 0; record < file.labels.length; record++) {
      const label = file.labels[record] as number;
      if (!Number.isInteger(label) || label < 0 || label >= classNames.length) {
        check.fail(
          `${file.path}: record ${record} has label ${label}, but there are ${classNames.length} classes`,
        );
      }
      labels[at] = label;
      interleave(file.planes(record), pixels, at * PIXELS);
      at++;
    }
  }
  return { pixels, labels, height: SIDE, width: SIDE, channels: CHANNELS, classNames };
}

/** Whether all files of a part are there. */
export function hasCifar(path: string, layout: CifarLayout): boolean {
  return findFiles(path, layout).every((file) => existsSync(file));
}

/** The part's files: of the first folder that has one of them, else where they should be. */
function findFiles(path: string, layout: CifarLayout): string[] {
  const { binaryFolder, pythonFolder, binaryFiles, pythonFiles } = layout;
  const candidates = [
    [join(path, binaryFolder), binaryFiles],
    [path, binaryFiles],
    [join(path, pythonFolder), pythonFiles],
    [path, pythonFiles],
  ] as const;
  const paths = candidates.map(([folder, names]) => names.map((name) => join(folder, name)));
  const expected = existsSync(join(path, binaryFolder)) ? paths[0] : paths[1];
  return paths.find((part) => part.some((file) => existsSync(file))) ?? (expected as string[]);
}

function readBinary(check: Checker, path: string, { labelBytes, labelByte }: CifarLayout): CifarFile {
  const bytes = readFileSync(path);
  const size = labelBytes + PIXELS;
  if (bytes.length === 0 || bytes.length % size !== 0) {
    check.fail(`${path} ends inside record ${Math.floor(bytes.length / size)} (${bytes.length} bytes)`);
  }
  const labels = Uint8Array.from(
    { length: bytes.length / size },
    (_, record) => bytes[record * size + labelByte] as number,
  );
  const planes = (record: number) => bytes.subarray(record * size + labelBytes, (record + 1) * size);
  return { path, labels, planes };
}

function readPython(check: Checker, path: string, { labelKey }: CifarLayout): CifarFile {
  const { data, labels } = unpickle(check, path, labelKey);
  if (
    !(data instanceof PickledArray) ||
    data.dtype !== 'u1' ||
    data.shape.length !== 2 ||
    data.shape[1] !== PIXELS
  ) {
    return check.fail(`${path} has no array of ${PIXELS} bytes an image under the key "data"`);
  }
  const { bytes, shape } = data;
  const count = shape[0] as number;
  if (!Array.isArray(labels) || labels.length !== count) {
    return check.fail(`${path} has ${count} images, but not as many numbers under the key "${labelKey}"`);
  }
  if (bytes.length !== count * PIXELS) {
    check.fail(
      `${path} should hold ${count} images, but ends inside record ${Math.floor(bytes.length / PIXELS)}`,
    );
  }
  return {
    path,
    labels: labels as number[],
    planes: (record) => bytes.subarray(record * PIXELS, (record + 1) * PIXELS),
  };
}

function unpickle(check: Checker, path: string, labelKey: string) {
  try {
    const content = readPickle(readFileSync(path));
    if (!(content instanceof Map)) throw new Error('holds no dictionary');
    return { data: content.get('data'), labels: content.get(labelKey) };
  } catch (cause) {
    return check.fail(`${path} is not a CIFAR file: ${reasonOf(cause)}`, { cause });
  }
}

/** Three planes to one array of interleaved channels. */
function interleave(planes: Uint8Array, target: Uint8Array, offset: number): void {
  for (let pixel = 0, at = offset; pixel < PLANE; pixel++, at += CHANNELS) {
    target[at] = planes[pixel] as number;
    target[at + 1] = planes[pixel + PLANE] as number;
    target[at + 2] = planes[pixel + 2 * PLANE] as number;
  }
}
