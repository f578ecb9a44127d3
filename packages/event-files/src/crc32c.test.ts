import { describe, expect, it } from 'vitest';
import { crc32c, maskedCrc32c } from './index.ts';

/** RFC 3720, section B.4. */
const vectors: readonly [string, Uint8Array, number][] = [
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
  ['the digits', new TextEncoder().encode('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(0), 0],
];

describe('crc32c', () => {
  it.each(vectors)('of %s', (_, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('is the same wherever the bytes lie', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => 7 * index);
    for (let start = 0; start < 20; start++) {
      expect(crc32c(bytes.subarray(start, start + 61))).toBe(crc32c(bytes.slice(start, start + 61)));
    }
  });

  it('is masked as TensorFlow does', () => {
    expect(maskedCrc32c(new Uint8Array(0))).toBe(0xa282ead8);
  });
});
