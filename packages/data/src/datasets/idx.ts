import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Checker } from '@loopwright/core';

/** The only type of element in the MNIST family of files. */
const UNSIGNED_BYTE = 0x08;

/** An array read from an IDX file. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file of bytes, gzipped or not: two zero bytes, the element type, the rank, the lengths as big-endian
 * 32-bit integers, then the elements (format: the MNIST database's page).
 *
 * @param name without `.gz`, for example `train-images-idx3-ubyte`
 * @throws LoopwrightError naming the file if it is missing, truncated, too long or not IDX
 */
export function readIdx(check: Checker, folder: string, name: string): IdxArray {
  const path = findIdx(folder, name);
  const plain = join(folder, name);
  if (path === undefined) return check.fail(`${plain} is missing, and so is ${plain}.gz`);
  return parseIdx(check, path, path.endsWith('.gz') ? unzip(check, path) : readFileSync(path));
}

/** Whether an IDX file is there, gzipped or not. */
export function hasIdx(folder: string, name: string): boolean {
  return findIdx(folder, name) !== undefined;
}

function findIdx(folder: string, name: string): string | undefined {
  const plain = join(folder, name);
  return [plain, `${plain}.gz`].find((candidate) => existsSync(candidate));
}

function unzip(check: Checker, path: string): Uint8Array {
  try {
    return gunzipSync(readFileSync(path));
  } catch (cause) {
    return check.fail(`${path} is not a whole gzip file: ${(cause as Error).message}`, { cause });
  }
}

/** Parses the bytes of an IDX file; `path` is for messages. */
export function parseIdx(check: Checker, path: string, bytes: Uint8Array): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 || view.getUint16(0) !== 0 || rank < 1) check.fail(`${path} is not an IDX file`);
  if (bytes[2] !== UNSIGNED_BYTE)
    check.fail(`${path} has elements of type ${bytes[2]}, expected unsigned bytes`);
  const start = 4 + 4 * rank;
  if (bytes.length < start) check.fail(`${path} ends inside its header`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const size = shape.reduce((product, length) => product * length, 1);
  if (bytes.length !== start + size) {
    check.fail(
      `${path} should hold [${shape.join(', ')}], ${size} bytes of elements, but holds ${bytes.length - start}`,
    );
  }
  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + start, size) };
}
