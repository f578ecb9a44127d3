// Entropy decoding (libjpeg: jdhuff.c, jdphuff.c). Data that are not what a scan should be are refused, not repaired.
import { advance, bitAt, bitsIn, limit, moveTo, openInterval, position, WINDOW, windowAt } from './bits.ts';
// biome-ignore lint/style/useImportType: AssemblyScript has no imports of types
import { Component } from './component.ts';
import { forgetUnknown, isUnknown, lookUp } from './huffman.ts';

// Modes of a scan; 2 and 4 are the later bits of DC and AC.
const SEQUENTIAL: i32 = 0;
const DC_FIRST: i32 = 1;
const AC_FIRST: i32 = 3;

/** The place of the k-th coefficient of the zigzag in a block, in bytes. */
const ZIGZAG: usize = memory.data<u8>([
  0, 2, 16, 32, 18, 4, 6, 20, 34, 48, 64, 50, 36, 22, 8, 10, 24, 38, 52, 66, 80, 96, 82, 68, 54, 40, 26, 12,
  14, 28, 42, 56, 70, 84, 98, 112, 114, 100, 86, 72, 58, 44, 30, 46, 60, 74, 88, 102, 116, 118, 104, 90, 76,
  62, 78, 92, 106, 120, 122, 108, 94, 110, 124, 126,
]);

let isBroken: bool = false;
/** Blocks to come, the present one included, whose band is over. */
let endOfBandRun: i32 = 0;

/**
 * Decodes a scan.
 *
 * @param components addresses of `count` components
 * @param wide MCUs in a row; blocks, if there is one component
 * @param mode 0: sequential; 1 and 2: first and later bits of DC; 3 and 4: of AC
 * @param low the bit that the scan ends with
 * @returns where the marker behind it is; 0 if the data are not as they should be
 */
export function decodeScan(
  start: usize,
  end: usize,
  high: usize,
  components: usize,
  count: i32,
  wide: i32,
  tall: i32,
  restartInterval: i32,
  mode: i32,
  first: i32,
  last: i32,
  low: i32,
): usize {
  let left = wide * tall;
  let x = 0;
  let y = 0;
  let source = start;
  let marker: usize = 0;
  let restarts = 0;
  isBroken = false;
  forgetUnknown();
  while (left > 0) {
    if (marker !== 0) {
      if (load<u8>(marker + 1) !== 0xd0 + (restarts++ & 7)) return 0;
      source = marker + 2;
    }
    marker = openInterval(source, end, high);
    if (marker === 0) return 0;
    endOfBandRun = 0;
    for (let i = 0; i < count; i++) componentAt(components, i).prediction = 0;
    let missing = restartInterval > 0 ? min(left, restartInterval) : left;
    left -= missing;
    while (missing > 0) {
      const length = min(missing, wide - x);
      if (mode < AC_FIRST) decodeMcus(components, count, x, y, length, mode, low);
      else decodeBand(componentAt(components, 0), x, y, length, mode, first, last, low);
      if (isBroken || isUnknown || position > limit) return 0;
      missing -= length;
      x += length;
      if (x === wide) {
        x = 0;
        y++;
      }
    }
    if (limit - position >= 8) return 0;
  }
  return marker;
}

function componentAt(components: usize, index: i32): Component {
  return changetype<Component>(<usize>load<u32>(components + ((<usize>index) << 2)));
}

function decodeMcus(components: usize, count: i32, x: i32, y: i32, length: i32, mode: i32, low: i32): void {
  for (let mcu = x; mcu < x + length; mcu++) {
    for (let i = 0; i < count; i++) {
      const component = componentAt(components, i);
      const across = count === 1 ? 1 : component.across;
      const down = count === 1 ? 1 : component.down;
      for (let row = y * down; row < y * down + down; row++) {
        const line = row * component.stride;
        for (let column = mcu * across; column < mcu * across + across; column++) {
          const block = component.coefficients + ((<usize>(line + column)) << 7);
          if (mode === SEQUENTIAL) {
            store<i16>(block, <i16>decodeDc(component));
            store<u64>(component.masks + ((<usize>(line + column)) << 3), decodeAc(component.acTable, block));
          } else if (mode === DC_FIRST) store<i16>(block, <i16>(decodeDc(component) << low));
          else refineDc(block, low);
          if (position > limit) return;
        }
      }
    }
  }
}

function decodeDc(component: Component): i32 {
  const window = windowAt(position);
  const entry = lookUp(window, component.dcTable);
  const length = entry >> 8;
  const size = entry & 15;
  advance(length + size);
  if (size !== 0) component.prediction += signed(bitsIn(window, length, size), size);
  return component.prediction;
}

function refineDc(block: usize, low: i32): void {
  store<i16>(block, <i16>(load<i16>(block) | (bitAt(position) << low)));
  advance(1);
}

/** The AC coefficients of a block; returns which there are. */
function decodeAc(table: usize, block: usize): u64 {
  let mask: u64 = 0;
  let bit = position;
  let ahead = windowAt(bit);
  for (let k = 1; k < 64; k++) {
    const entry = lookUp(ahead, table);
    const window = windowAt(bit);
    const length = entry >> 8;
    const zeros = (entry >> 4) & 15;
    const size = entry & 15;
    bit += length + size;
    ahead = window << (length + size);
    if (size !== 0) {
      k += zeros;
      if (k > 63) {
        isBroken = true;
        break;
      }
      put(block, k, signed(bitsIn(window, length, size), size));
      mask |= (<u64>1) << k;
    } else if (zeros === 15) k += 15;
    else break;
  }
  moveTo(bit);
  return mask;
}

function decodeBand(
  component: Component,
  x: i32,
  y: i32,
  length: i32,
  mode: i32,
  first: i32,
  last: i32,
  low: i32,
): void {
  const index = <usize>(y * component.stride + x);
  const block = component.coefficients + (index << 7);
  const masks = component.masks + (index << 3);
  if (mode === AC_FIRST) decodeFirstAc(component.acTable, block, masks, length, first, last, low);
  else refineAc(component.acTable, block, masks, length, first, last, low);
}

/** The first bits of a band, in `count` blocks one after another. */
function decodeFirstAc(
  table: usize,
  firstBlock: usize,
  masks: usize,
  count: i32,
  first: i32,
  last: i32,
  low: i32,
): void {
  let bit = position;
  for (let i = 0; i < count; i++) {
    if (endOfBandRun > 0) {
      const skipped = min(endOfBandRun, count - i);
      endOfBandRun -= skipped;
      i += skipped - 1;
      continue;
    }
    const block = firstBlock + ((<usize>i) << 7);
    let mask = load<u64>(masks + ((<usize>i) << 3));
    let ahead = windowAt(bit);
    for (let k = first; k <= last; k++) {
      const entry = lookUp(ahead, table);
      const window = windowAt(bit);
      const length = entry >> 8;
      const zeros = (entry >> 4) & 15;
      const size = entry & 15;
      bit += length + size;
      ahead = window << (length + size);
      if (size !== 0) {
        k += zeros;
        if (k > last) {
          isBroken = true;
          break;
        }
        put(block, k, signed(bitsIn(window, length, size), size) << low);
        mask |= (<u64>1) << k;
      } else if (zeros === 15) k += 15;
      else {
        endOfBandRun = (1 << zeros) + bitsIn(window, length, zeros) - 1;
        bit += zeros;
        break;
      }
    }
    store<u64>(masks + ((<usize>i) << 3), mask);
    if (bit > limit || isBroken) break;
  }
  moveTo(bit);
}

/** A further bit of a band, in `count` blocks one after another. */
function refineAc(
  table: usize,
  firstBlock: usize,
  masks: usize,
  count: i32,
  first: i32,
  last: i32,
  low: i32,
): void {
  const band = (((<u64>2) << last) - 1) & ~(((<u64>1) << first) - 1);
  let bit = position;
  let run = endOfBandRun;
  for (let i = 0; i < count; i++) {
    const block = firstBlock + ((<usize>i) << 7);
    let mask = load<u64>(masks + ((<usize>i) << 3));
    let k = first;
    let ahead = windowAt(bit);
    while (run === 0 && k <= last) {
      const entry = lookUp(ahead, table);
      let window = windowAt(bit);
      const length = entry >> 8;
      let zeros = (entry >> 4) & 15;
      const size = entry & 15;
      if (size === 0 && zeros < 15) {
        run = (1 << zeros) + bitsIn(window, length, zeros);
        bit += length + zeros;
        break;
      }
      const value = 2 * bitsIn(window, length, 1) - 1;
      bit += length + size;
      window <<= length + size;
      // Over so many zeros; what is not zero on the way gets its bit.
      let left = WINDOW - 17;
      while (k <= last) {
        const distance = <i32>ctz(mask >> k);
        if (zeros < distance) break;
        zeros -= distance;
        k += distance;
        if (k > last) break;
        refine(block, k++, window, low);
        bit++;
        window <<= 1;
        if (--left === 0) {
          window = windowAt(bit);
          left = WINDOW;
        }
      }
      k += zeros;
      if (size !== 0) {
        if (k > last || size > 1) {
          isBroken = true;
          break;
        }
        put(block, k, value << low);
        mask |= (<u64>1) << k;
      }
      ahead = left < 16 ? windowAt(bit) : window;
      k++;
    }
    store<u64>(masks + ((<usize>i) << 3), mask);
    if (run > 0) {
      run--;
      let rest = k > last ? 0 : ((mask & band) >> k) << k;
      let window = windowAt(bit);
      let left = WINDOW;
      while (rest !== 0) {
        refine(block, <i32>ctz(rest), window, low);
        rest &= rest - 1;
        bit++;
        window <<= 1;
        if (--left === 0) {
          window = windowAt(bit);
          left = WINDOW;
        }
      }
    }
    if (bit > limit || isBroken) break;
  }
  moveTo(bit);
  endOfBandRun = run;
}

/** Gives a coefficient the first bit of a window. */
function refine(block: usize, k: i32, window: u64, low: i32): void {
  const place = block + load<u8>(ZIGZAG + k);
  const value = <i32>load<i16>(place);
  const sign = (value >> 31) | 1;
  store<i16>(place, <i16>(value + ((sign * <i32>(window >> 63)) << low)));
}

function put(block: usize, k: i32, value: i32): void {
  store<i16>(block + load<u8>(ZIGZAG + k), <i16>value);
}

/** Numbers whose first bit is 0 are negative. */
function signed(value: i32, size: i32): i32 {
  return value + (((value >> (size - 1)) - 1) & (1 - (1 << size)));
}
