// Huffman tables: codes of up to 9 bits are looked up at once, longer ones searched by their length.

const LOOKUP_BITS: i32 = 9;
/** What a table is made of: an entry (length × 256 + symbol) a prefix, then by length, then the symbols. */
const LAST_CODES: usize = 2 << LOOKUP_BITS;
const OFFSETS: usize = LAST_CODES + 4 * 17;
const SYMBOLS: usize = OFFSETS + 4 * 17;

/** Whether a code was met that the table does not have. */
export let isUnknown: bool = false;

export function forgetUnknown(): void {
  isUnknown = false;
}

/** Bytes of a table. */
export function tableBytes(): usize {
  return SYMBOLS + 256;
}

/**
 * Builds a table from a DHT segment: 16 counts of codes of each length, then their symbols, none above `largest`.
 *
 * @returns how many symbols it has; −1 if one is too large, or the codes do not fit into their lengths: that of all ones
 * must be left over
 */
export function buildTable(segment: usize, table: usize, largest: u8): i32 {
  memory.fill(table, 0, LAST_CODES);
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++) {
    const count = <i32>load<u8>(segment + length - 1);
    if (index + count > 256 || (count > 0 && code + count >= 1 << length)) return -1;
    store<i32>(table + OFFSETS + 4 * length, index - code);
    for (let i = 0; i < count; i++) {
      const symbol = load<u8>(segment + 16 + index);
      if (symbol > largest) return -1;
      store<u8>(table + SYMBOLS + index, symbol);
      if (length <= LOOKUP_BITS) {
        const entry = <u16>((length << 8) | symbol);
        const from = code << (LOOKUP_BITS - length);
        const to = (code + 1) << (LOOKUP_BITS - length);
        for (let prefix = from; prefix < to; prefix++) store<u16>(table + 2 * prefix, entry);
      }
      code++;
      index++;
    }
    store<i32>(table + LAST_CODES + 4 * length, count === 0 ? -1 : code - 1);
    code <<= 1;
  }
  return index;
}

/** The code that a window begins with: its length × 256 + its symbol. */
export function lookUp(window: u64, table: usize): i32 {
  const entry = <i32>load<u16>(table + ((<usize>(window >> (64 - LOOKUP_BITS))) << 1));
  return entry !== 0 ? entry : longCode(window, table);
}

function longCode(window: u64, table: usize): i32 {
  for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
    const code = <i32>(window >> (64 - length));
    if (code <= load<i32>(table + LAST_CODES + 4 * length)) {
      return (
        (length << 8) | load<u8>(table + SYMBOLS + ((code + load<i32>(table + OFFSETS + 4 * length)) & 255))
      );
    }
  }
  isUnknown = true;
  return 0;
}
