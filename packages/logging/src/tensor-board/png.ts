import { deflateSync } from 'node:zlib';

/** Rows of pixels, from the top; a pixel's channels lie together. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** `width · height · channels` bytes; 1 channel is grey, 2 grey and alpha, 3 red, green and blue, 4 these and alpha. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Colour types by number of channels. */
const COLOUR_TYPES: readonly number[] = [0, 0, 4, 2, 6];
/** The filter that stores the difference to the pixel on the left. */
const FILTER_SUB = 1;

/**
 * Encodes a PNG of 8 bits a channel.
 *
 * Source: Portable Network Graphics (PNG) Specification, third edition (W3C, 2025).
 */
export function encodePng({ width, height, data }: Pixels): Uint8Array {
  const channels = data.length / (width * height);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8; // bits a channel
  header[9] = COLOUR_TYPES[channels] as number;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filterRows(data, width * channels, height, channels))),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function filterRows(data: Pixels['data'], rowBytes: number, height: number, channels: number): Uint8Array {
  const filtered = new Uint8Array(height * (rowBytes + 1));
  for (let row = 0; row < height; row++) {
    const from = row * rowBytes;
    const to = row * (rowBytes + 1) + 1;
    filtered[to - 1] = FILTER_SUB;
    for (let at = 0; at < rowBytes; at++) {
      const left = at < channels ? 0 : (data[from + at - channels] as number);
      filtered[to + at] = (data[from + at] as number) - left;
    }
  }
  return filtered;
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(content.length + 12);
  bytes.writeUInt32BE(content.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(content, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), content.length + 8);
  return bytes;
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** The checksum of zip and PNG; Node itself has it only from 20.15 on. */
function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

/** Width and height of a PNG; undefined if it is none. */
export function pngSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | undefined {
  if (bytes.length < 24 || SIGNATURE.some((byte, at) => byte !== bytes[at])) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
