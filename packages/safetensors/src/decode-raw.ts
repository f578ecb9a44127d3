import { checker, show } from '@loopwright/core';
import type { Fail } from './failure.ts';
import { PREFIX_BYTES, readHeader, readHeaderLength } from './header.ts';
import type { RawContents } from './raw-tensor.ts';

const check = checker('safetensors', 'decodeRaw');

/**
 * Decodes a file's bytes without converting them. Every claim of the header is checked first, so a damaged or
 * hostile file ends in an error that names the tensor and the problem.
 *
 * @param bytes borrowed; each tensor's `bytes` is a view of it, not a copy
 * @returns tensors in the order of their data, and the metadata, empty if there is none
 * @throws LoopwrightError if the bytes are not exactly one well-formed file
 * @example
 * const { tensors } = decodeRaw(encode(namedVariables(model)));
 * tensors['head/bias']?.dtype; // 'F32'
 * tensors['head/bias']?.bytes.length; // 40
 */
export function decodeRaw(bytes: Uint8Array): RawContents {
  return decodeContents(bytes, check.fail);
}

/** {@link decodeRaw} with errors of the caller's. */
export function decodeContents(bytes: Uint8Array, fail: Fail): RawContents {
  if (!(bytes instanceof Uint8Array)) fail(`bytes must be a Uint8Array, got ${show(bytes)}`);
  const dataStart = PREFIX_BYTES + readHeaderLength(bytes, bytes.length, fail);
  const header = readHeader(bytes.subarray(PREFIX_BYTES, dataStart), bytes.length - dataStart, fail);
  const tensors = [...header.tensors].map(([name, { dtype, shape, begin, end }]) => {
    return [name, { dtype, shape, bytes: bytes.subarray(dataStart + begin, dataStart + end) }] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata: header.metadata };
}
