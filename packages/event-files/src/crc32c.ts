/** The polynomial of Castagnoli, with its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** `tables[k * 256 + byte]`: what a byte adds to the checksum after `k` more bytes. */
const tables = makeTables();

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    tables[byte] = crc;
  }
  for (let at = 256; at < tables.length; at++) {
    const previous = tables[at - 256] as number;
    tables[at] = (previous >>> 8) ^ (tables[previous & 0xff] as number);
  }
  return tables;
}

/**
 * The checksum CRC-32C of some bytes, eight at a time.
 *
 * Source: M. E. Kounavis and F. L. Berry, "A systematic approach to building high performance software-based CRC
 * generators" (2005), whose slicing-by-8 this is.
 *
 * @returns an unsigned 32-bit integer
 * @example
 * crc32c(new TextEncoder().encode('123456789')); // 0xe3069283
 */
export function crc32c(bytes: Uint8Array): number {
  const t = tables;
  const { length } = bytes;
  let crc = -1;
  let at = 0;
  for (const end = length - 7; at < end; at += 8) {
    crc ^=
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    crc =
      (t[1792 + (crc & 0xff)] as number) ^
      (t[1536 + ((crc >>> 8) & 0xff)] as number) ^
      (t[1280 + ((crc >>> 16) & 0xff)] as number) ^
      (t[1024 + (crc >>> 24)] as number) ^
      (t[768 + (bytes[at + 4] as number)] as number) ^
      (t[512 + (bytes[at + 5] as number)] as number) ^
      (t[256 + (bytes[at + 6] as number)] as number) ^
      (t[bytes[at + 7] as number] as number);
  }
  for (; at < length; at++) crc = (crc >>> 8) ^ (t[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return ~crc >>> 0;
}

/**
 * The checksum as records carry it: turned and moved, so that the checksum of bytes that contain checksums stays a good one.
 *
 * Source: `masked_crc32c` of TensorFlow (`core/lib/hash/crc32c.h`).
 *
 * @returns an unsigned 32-bit integer
 * @example
 * maskedCrc32c(new Uint8Array(0)); // 0xa282ead8
 */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
