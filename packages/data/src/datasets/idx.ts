import { constants as limits } from 'node:buffer';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { type Checker, LoopwrightError } from '@loopwright/core';

/** The only type of element in the MNIST family of files. */
const UNSIGNED_BYTE = 0x08;
/** So many packed bytes hold the longest header, of 1,024 bytes. */
const HEADER_PACKED = 4096;

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

/** The header is unpacked first, and then no more than it announces: a small file cannot fill the memory. */
function unzip(check: Checker, path: string): Uint8Array {
  const packed = readFileSync(path);
  try {
    const start = gunzipSync(packed.subarray(0, HEADER_PACKED), { finishFlush: constants.Z_SYNC_FLUSH });
    const { offset, size } = parseHeader(check, path, start);
    return gunzipSync(packed, { maxOutputLength: Math.min(offset + size, limits.MAX_LENGTH) });
  } catch (cause) {
    if (cause instanceof LoopwrightError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      return check.fail(`${path} holds more bytes than its header announces`, { cause });
    }
    return check.fail(`${path} is not a whole gzip file: ${(cause as Error).message}`, { cause });
  }
}

/** Parses the bytes of an IDX file; `path` is for messages. */
export function parseIdx(check: Checker, path: string, bytes: Uint8Array): IdxArray {
  const { shape, offset, size } = parseHeader(check, path, bytes);
  if (bytes.length !== offset + size) {
    check.fail(
      `${path} should hold [${shape.join(', ')}], ${size} bytes of elements, but holds ${bytes.length - offset}`,
    );
  }
  return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + offset, size) };
}

/** The shape, and where how many elements are to come. */
function parseHeader(
  check: Checker,
  path: string,
  bytes: Uint8Array,
): { readonly shape: readonly number[]; readonly offset: number; readonly size: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rank = bytes[3] ?? 0;
  if (bytes.length < 4 || view.getUint16(0) !== 0 || rank < 1) check.fail(`${path} is not an IDX file`);
  if (bytes[2] !== UNSIGNED_BYTE)
    check.fail(`${path} has elements of type ${bytes[2]}, expected unsigned bytes`);
  const offset = 4 + 4 * rank;
  if (bytes.length < offset) check.fail(`${path} ends inside its header`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { shape, offset, size: shape.reduce((product, length) => product * length, 1) };
}
