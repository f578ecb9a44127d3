// The inverse cosine transform, in integers: libjpeg's accurate one (jidctint.c), whose sums are written out so that
// each is made of products of neighbouring pairs, which one instruction adds (as in libjpeg-turbo's jidctint-sse2.asm).
// biome-ignore lint/style/useImportType: AssemblyScript has no imports of types
import { Component } from './component.ts';

/** Which coefficients, in zigzag order, are in the lower four rows of a block, and in the right four columns. */
const LOWER: u64 = ((<u64>0xffdfe0ff) << 32) | 0x00f80400;
const RIGHT: u64 = ((<u64>0xfffc7f80) << 32) | 0xfe01c000;

const VALUES: usize = memory.data(128, 16);
const RESULTS: usize = memory.data(128, 16);

/** Turns the coefficients of a rectangle of blocks into samples. */
export function transformBlocks(address: usize, left: i32, top: i32, right: i32, bottom: i32): void {
  const component = changetype<Component>(address);
  const stride = component.stride;
  const factors = component.factors;
  for (let y = top; y < bottom; y++) {
    const line = y * stride;
    const plane = component.plane + ((<usize>line) << 6);
    for (let x = left; x < right; x++) {
      const block = component.coefficients + ((<usize>(line + x)) << 7);
      const mask = load<u64>(component.masks + ((<usize>(line + x)) << 3));
      const target = plane + ((<usize>x) << 3);
      if (mask === 0) fillBlock(load<i16>(block) * load<i16>(factors), target, stride << 3);
      else transformBlock(block, mask, factors, target, stride << 3);
    }
  }
}

/** A block that is its mean. */
function fillBlock(mean: i32, target: usize, stride: i32): void {
  const row = i8x16.splat(<i8>max(0, min(255, ((mean + 4) >> 3) + 128)));
  for (let y = 0; y < 8; y++) v128.store64_lane(target + y * stride, row, 0);
}

function transformBlock(block: usize, mask: u64, factors: usize, target: usize, stride: i32): void {
  const isUpper = (mask & LOWER) === 0;
  const rows: usize = isUpper ? 64 : 128;
  for (let row: usize = 0; row < rows; row += 16) {
    v128.store(VALUES + row, i16x8.mul(v128.load(block + row), v128.load(factors + row)));
  }
  if (isUpper) fourToEight(11);
  else eightToEight(11);
  transpose();
  if ((mask & RIGHT) === 0) fourToEight(18);
  else eightToEight(18);
  storeSamples(target, stride);
}

/** The transform of eight rows of values, in each of eight columns; results lose `shift` bits. */
function eightToEight(shift: i32): void {
  const v0 = v128.load(VALUES);
  const v4 = v128.load(VALUES, 64);
  const v2 = v128.load(VALUES, 32);
  const v6 = v128.load(VALUES, 96);
  const half = i32x4.splat(1 << (shift - 1));

  const v04 = lowPairs(v0, v4);
  const w04 = highPairs(v0, v4);
  const v26 = lowPairs(v2, v6);
  const w26 = highPairs(v2, v6);
  const sum = i32x4.add(i32x4.dot_i16x8_s(v04, pair(8192, 8192)), half);
  const sumHigh = i32x4.add(i32x4.dot_i16x8_s(w04, pair(8192, 8192)), half);
  const difference = i32x4.add(i32x4.dot_i16x8_s(v04, pair(8192, -8192)), half);
  const differenceHigh = i32x4.add(i32x4.dot_i16x8_s(w04, pair(8192, -8192)), half);
  const outer = i32x4.dot_i16x8_s(v26, pair(10703, 4433));
  const outerHigh = i32x4.dot_i16x8_s(w26, pair(10703, 4433));
  const inner = i32x4.dot_i16x8_s(v26, pair(4433, -10704));
  const innerHigh = i32x4.dot_i16x8_s(w26, pair(4433, -10704));

  const v1 = v128.load(VALUES, 16);
  const v3 = v128.load(VALUES, 48);
  const v5 = v128.load(VALUES, 80);
  const v7 = v128.load(VALUES, 112);
  const v13 = lowPairs(v1, v3);
  const w13 = highPairs(v1, v3);
  const v57 = lowPairs(v5, v7);
  const w57 = highPairs(v5, v7);
  storePair(
    0,
    shift,
    i32x4.add(sum, outer),
    i32x4.add(sumHigh, outerHigh),
    dots(v13, pair(11363, 9633), v57, pair(6437, 2260)),
    dots(w13, pair(11363, 9633), w57, pair(6437, 2260)),
  );
  storePair(
    1,
    shift,
    i32x4.add(difference, inner),
    i32x4.add(differenceHigh, innerHigh),
    dots(v13, pair(9633, -2259), v57, pair(-11362, -6436)),
    dots(w13, pair(9633, -2259), w57, pair(-11362, -6436)),
  );
  storePair(
    2,
    shift,
    i32x4.sub(difference, inner),
    i32x4.sub(differenceHigh, innerHigh),
    dots(v13, pair(6437, -11362), v57, pair(2261, 9633)),
    dots(w13, pair(6437, -11362), w57, pair(2261, 9633)),
  );
  storePair(
    3,
    shift,
    i32x4.sub(sum, outer),
    i32x4.sub(sumHigh, outerHigh),
    dots(v13, pair(2260, -6436), v57, pair(9633, -11363)),
    dots(w13, pair(2260, -6436), w57, pair(9633, -11363)),
  );
}

/** The same where the last four rows are zero. */
function fourToEight(shift: i32): void {
  const v0 = v128.load(VALUES);
  const v2 = v128.load(VALUES, 32);
  const half = i32x4.splat(1 << (shift - 1));
  const mean = i32x4.add(i32x4.shl(i32x4.extend_low_i16x8_s(v0), 13), half);
  const meanHigh = i32x4.add(i32x4.shl(i32x4.extend_high_i16x8_s(v0), 13), half);
  const outer = i32x4.extmul_low_i16x8_s(v2, i16x8.splat(10703));
  const outerHigh = i32x4.extmul_high_i16x8_s(v2, i16x8.splat(10703));
  const inner = i32x4.extmul_low_i16x8_s(v2, i16x8.splat(4433));
  const innerHigh = i32x4.extmul_high_i16x8_s(v2, i16x8.splat(4433));

  const v1 = v128.load(VALUES, 16);
  const v3 = v128.load(VALUES, 48);
  const v13 = lowPairs(v1, v3);
  const w13 = highPairs(v1, v3);
  storePair(
    0,
    shift,
    i32x4.add(mean, outer),
    i32x4.add(meanHigh, outerHigh),
    i32x4.dot_i16x8_s(v13, pair(11363, 9633)),
    i32x4.dot_i16x8_s(w13, pair(11363, 9633)),
  );
  storePair(
    1,
    shift,
    i32x4.add(mean, inner),
    i32x4.add(meanHigh, innerHigh),
    i32x4.dot_i16x8_s(v13, pair(9633, -2259)),
    i32x4.dot_i16x8_s(w13, pair(9633, -2259)),
  );
  storePair(
    2,
    shift,
    i32x4.sub(mean, inner),
    i32x4.sub(meanHigh, innerHigh),
    i32x4.dot_i16x8_s(v13, pair(6437, -11362)),
    i32x4.dot_i16x8_s(w13, pair(6437, -11362)),
  );
  storePair(
    3,
    shift,
    i32x4.sub(mean, outer),
    i32x4.sub(meanHigh, outerHigh),
    i32x4.dot_i16x8_s(v13, pair(2260, -6436)),
    i32x4.dot_i16x8_s(w13, pair(2260, -6436)),
  );
}

/** A row of results and its mirror image. */
function storePair(row: usize, shift: i32, even: v128, evenHigh: v128, odd: v128, oddHigh: v128): void {
  v128.store(
    RESULTS + 16 * row,
    i16x8.narrow_i32x4_s(
      i32x4.shr_s(i32x4.add(even, odd), shift),
      i32x4.shr_s(i32x4.add(evenHigh, oddHigh), shift),
    ),
  );
  v128.store(
    RESULTS + 16 * (7 - row),
    i16x8.narrow_i32x4_s(
      i32x4.shr_s(i32x4.sub(even, odd), shift),
      i32x4.shr_s(i32x4.sub(evenHigh, oddHigh), shift),
    ),
  );
}

function dots(a: v128, byA: v128, b: v128, byB: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(a, byA), i32x4.dot_i16x8_s(b, byB));
}

function pair(a: i32, b: i32): v128 {
  return i32x4.splat((a & 0xffff) | (b << 16));
}

function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** From RESULTS to VALUES. */
function transpose(): void {
  const r0 = v128.load(RESULTS);
  const r1 = v128.load(RESULTS, 16);
  const r2 = v128.load(RESULTS, 32);
  const r3 = v128.load(RESULTS, 48);
  const r4 = v128.load(RESULTS, 64);
  const r5 = v128.load(RESULTS, 80);
  const r6 = v128.load(RESULTS, 96);
  const r7 = v128.load(RESULTS, 112);
  transposeHalf(VALUES, lowPairs(r0, r1), lowPairs(r2, r3), lowPairs(r4, r5), lowPairs(r6, r7));
  transposeHalf(VALUES + 64, highPairs(r0, r1), highPairs(r2, r3), highPairs(r4, r5), highPairs(r6, r7));
}

function transposeHalf(target: usize, r01: v128, r23: v128, r45: v128, r67: v128): void {
  const low03 = v128.shuffle<i32>(r01, r23, 0, 4, 1, 5);
  const high03 = v128.shuffle<i32>(r01, r23, 2, 6, 3, 7);
  const low47 = v128.shuffle<i32>(r45, r67, 0, 4, 1, 5);
  const high47 = v128.shuffle<i32>(r45, r67, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<i64>(low03, low47, 0, 2));
  v128.store(target, v128.shuffle<i64>(low03, low47, 1, 3), 16);
  v128.store(target, v128.shuffle<i64>(high03, high47, 0, 2), 32);
  v128.store(target, v128.shuffle<i64>(high03, high47, 1, 3), 48);
}

/** The results, which are columns of samples around zero, as rows of bytes. */
function storeSamples(target: usize, stride: i32): void {
  const a = columns(0);
  const b = columns(32);
  const c = columns(64);
  const d = columns(96);
  const ab = v128.shuffle<i8>(a, b, 0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27);
  const abLow = v128.shuffle<i8>(a, b, 4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31);
  const cd = v128.shuffle<i8>(c, d, 0, 8, 16, 24, 1, 9, 17, 25, 2, 10, 18, 26, 3, 11, 19, 27);
  const cdLow = v128.shuffle<i8>(c, d, 4, 12, 20, 28, 5, 13, 21, 29, 6, 14, 22, 30, 7, 15, 23, 31);
  storeRows(target, stride, v128.shuffle<i32>(ab, cd, 0, 4, 1, 5));
  storeRows(target + 2 * stride, stride, v128.shuffle<i32>(ab, cd, 2, 6, 3, 7));
  storeRows(target + 4 * stride, stride, v128.shuffle<i32>(abLow, cdLow, 0, 4, 1, 5));
  storeRows(target + 6 * stride, stride, v128.shuffle<i32>(abLow, cdLow, 2, 6, 3, 7));
}

/** Two columns, each of eight bytes. */
function columns(offset: usize): v128 {
  const centre = i16x8.splat(128);
  return i8x16.narrow_i16x8_u(
    i16x8.add_sat_s(v128.load(RESULTS + offset), centre),
    i16x8.add_sat_s(v128.load(RESULTS + offset, 16), centre),
  );
}

function storeRows(target: usize, stride: i32, rows: v128): void {
  v128.store64_lane(target, rows, 0);
  v128.store64_lane(target + stride, rows, 1);
}
