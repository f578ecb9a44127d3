// The bits of a scan. Those of one restart interval are laid out without stuffed zeros and backwards, so that the eight
// bytes at `top − position / 8`, which the machine reads with the least significant first, begin with the bit `position`.

/** Where the bits 0 to 63 are. */
export let top: usize = 0;
/** How many bits there are. */
export let limit: i32 = 0;
/** Of the next bit. */
export let position: i32 = 0;

/**
 * Lays out the data from `source` up to the next marker.
 *
 * @param high the end of room for as many bytes; 512 bytes below it, of any content, may be read by a block that goes on
 * behind the last bit
 * @returns where the marker is; 0 if there is none before `end`
 */
export function openInterval(source: usize, end: usize, high: usize): usize {
  let at = source;
  let lowest = high;
  position = 0;
  top = high - 8;
  while (at + 1 < end) {
    if (at + 16 <= end) {
      const bytes = v128.load(at);
      if (!v128.any_true(i8x16.eq(bytes, i8x16.splat(-1)))) {
        lowest -= 16;
        v128.store(
          lowest,
          v128.shuffle<i8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
        );
        at += 16;
        continue;
      }
    }
    let byte: u8 = 0;
    do {
      byte = load<u8>(at++);
      store<u8>(--lowest, byte);
    } while (byte !== 0xff && at < end);
    if (byte !== 0xff) break;
    if (at === end || load<u8>(at) !== 0) {
      limit = (<i32>(high - lowest - 1)) << 3;
      return at === end ? 0 : at - 1;
    }
    at++;
  }
  return 0;
}

export function advance(bits: i32): void {
  position += bits;
}

export function moveTo(bit: i32): void {
  position = bit;
}

/** How many bits of a window are there, at least. */
export const WINDOW: i32 = 57;

/** The bits from one on. */
export function windowAt(bit: i32): u64 {
  return load<u64>(top - <usize>(bit >> 3)) << (bit & 7);
}

/** A single bit. */
export function bitAt(bit: i32): i32 {
  return (<i32>load<u8>(top + 7 - <usize>(bit >> 3)) >> (7 - (bit & 7))) & 1;
}

/** The `size` bits that follow the first `length` of a window. */
export function bitsIn(window: u64, length: i32, size: i32): i32 {
  return <i32>(((window << length) >> 1) >> (63 - size));
}
