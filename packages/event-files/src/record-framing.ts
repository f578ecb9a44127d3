import { maskedCrc32c } from './crc32c.ts';
import { MalformedBytes } from './malformed-bytes.ts';

/** A record is its length in 8 bytes, a checksum of these in 4, the data, and a checksum of that in 4. */
export const HEADER_BYTES = 12;
export const FOOTER_BYTES = 4;

/**
 * Puts data between its length and its checksums, as a record of a TFRecord file.
 *
 * @param data borrowed and copied
 * @example
 * frameRecord(new Uint8Array(3)).length; // 19
 */
export function frameRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + data.length + FOOTER_BYTES);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(4, Math.floor(data.length / 2 ** 32), true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + data.length, maskedCrc32c(data), true);
  return record;
}

/** A record among other bytes. */
export interface Frame {
  /** A view. */
  readonly data: Uint8Array;
  /** Where the next record begins. */
  readonly end: number;
}

/**
 * The record that begins at `start`; undefined if its end is not among the bytes.
 *
 * @throws MalformedBytes if a checksum is wrong, or it says that it is longer than `maxRecordBytes`
 */
export function readFrame(bytes: Uint8Array, start: number, maxRecordBytes: number): Frame | undefined {
  if (bytes.length - start < HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.length - start);
  if (maskedCrc32c(bytes.subarray(start, start + 8)) !== view.getUint32(8, true)) {
    throw new MalformedBytes('the checksum of its length is wrong');
  }
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length > maxRecordBytes) throw new MalformedBytes(`it says that it is ${length} bytes long`);
  const end = start + HEADER_BYTES + length + FOOTER_BYTES;
  if (bytes.length < end) return undefined;
  const data = bytes.subarray(start + HEADER_BYTES, end - FOOTER_BYTES);
  if (maskedCrc32c(data) !== view.getUint32(HEADER_BYTES + length, true)) {
    throw new MalformedBytes('the checksum of its data is wrong');
  }
  return { data, end };
}
